"""Linear-chain CRF on top of emissions: the Viterbi score and last tag of a padded sentence of a given length."""
import torch
from torch import nn


class CRF(nn.Module):
    def __init__(self, num_tags: int):
        super().__init__()
        self.start_transitions = nn.Parameter(torch.empty(num_tags).uniform_(-1, 1))
        self.end_transitions = nn.Parameter(torch.empty(num_tags).uniform_(-1, 1))
        self.transitions = nn.Parameter(torch.empty(num_tags, num_tags).uniform_(-1, 1))

    def viterbi(self, emissions: torch.Tensor, length: torch.Tensor):
        score = self.start_transitions + emissions[0]
        for t in range(1, int(length)):  #@ unrolled-loop|baked-constant: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            candidates = score.unsqueeze(1) + self.transitions
            best, _ = candidates.max(dim=0)
            score = best + emissions[t]
        return (score + self.end_transitions).max(dim=0)


class Tagger(nn.Module):
    def __init__(self, vocab: int = 20, dim: int = 8, num_tags: int = 4):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim, padding_idx=0)
        self.context = nn.Conv1d(dim, dim, 3, padding=1)
        self.emit = nn.Linear(dim, num_tags)
        self.crf = CRF(num_tags)

    def forward(self, tokens: torch.Tensor, length: torch.Tensor):
        x = self.embedding(tokens).t().unsqueeze(0)
        x = torch.relu(self.context(x))[0].t()
        score, tag = self.crf.viterbi(self.emit(x), length)
        return score, tag


def build_model():
    torch.manual_seed(0)
    return Tagger().eval()


def example_inputs():
    tokens = torch.tensor([3, 7, 11, 2, 19, 0, 0])
    return {"five": (tokens, torch.tensor(5)), "two": (tokens.clone(), torch.tensor(2)), "seven": (tokens.clone(), torch.tensor(7))}
