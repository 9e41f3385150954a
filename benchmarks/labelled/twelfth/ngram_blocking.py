"""Summarisation step with n-gram blocking: tokens that would repeat a bigram of the text so far are banned."""
import torch
from torch import nn


def banned_tokens(tokens):
    """Return, for one sequence, what followed its last token before."""
    followers = {}
    for at in range(len(tokens) - 1):
        followers.setdefault(tokens[at], set()).add(tokens[at + 1])  #@ capture-failure: export onnx
    return sorted(followers.get(tokens[-1], ()))


class NoRepeatBigram(nn.Module):
    def forward(self, ids, logits):
        logits = logits.clone()
        for row, tokens in enumerate(ids.tolist()):  #@ baked-constant: trace onnx_ts; capture-failure: script; graph-break: dynamo
            banned = banned_tokens(tokens)
            if banned:
                logits[row, banned] = -1e4
        return logits


class SummaryStep(nn.Module):
    def __init__(self, vocab: int = 6, dim: int = 8):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.lm_head = nn.Linear(dim, vocab, bias=False)
        self.process = NoRepeatBigram()

    def forward(self, ids):
        states, _ = self.rnn(self.embed(ids))  #@ graph-break: dynamo
        logits = self.process(ids, self.lm_head(states[:, -1]))
        return logits.log_softmax(dim=-1)


def build_model():
    torch.manual_seed(0)
    return SummaryStep().eval()


def example_inputs():
    return {
        "repeats": (torch.tensor([[1, 2, 3, 1], [4, 4, 5, 4]]),),
        "others": (torch.tensor([[0, 5, 2, 0], [1, 2, 3, 2]]),),
        "no_repeat": (torch.tensor([[1, 2, 3, 4], [5, 4, 3, 2]]),),
    }
