"""A logits processor that makes tokens less likely that were generated before."""

import torch
from torch import nn


class RepetitionPenalty:
    def __init__(self, penalty: float):
        self.penalty = penalty

    def __call__(self, ids, logits):
        for token in set(ids.tolist()):  #@ unrolled-loop|baked-constant: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            score = logits[token]
            logits[token] = torch.where(score < 0, score * self.penalty, score / self.penalty)
        return logits


class NextToken(nn.Module):
    def __init__(self, vocab: int = 9, width: int = 4, penalty: float = 1.8):
        super().__init__()
        self.processors = [RepetitionPenalty(penalty)]
        self.embed = nn.Embedding(vocab, width)
        self.head = nn.Linear(width, vocab)

    def forward(self, ids):
        logits = self.head(self.embed(ids).mean(0))
        for process in self.processors:  #@ capture-failure: script
            logits = process(ids, logits)
        return logits.log_softmax(-1)


def build_model():
    torch.manual_seed(305)
    return NextToken().eval()


def example_inputs():
    return {
        "varied": (torch.tensor([1, 2, 3, 4]),),
        "others": (torch.tensor([8, 7, 6, 5]),),
        "stuck": (torch.tensor([2, 2, 2, 2]),),
    }
