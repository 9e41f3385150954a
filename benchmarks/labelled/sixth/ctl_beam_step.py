"""One step of beam search, by top-k over beams and words together."""

import torch
from torch import nn


class BeamStep(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(6, 4)
        self.head = nn.Linear(4, 6)

    def forward(self, tokens, scores):
        steps = self.head(self.emb(tokens)).log_softmax(-1)
        best, at = (scores.unsqueeze(-1) + steps).flatten().topk(3)
        parents = torch.div(at, 6, rounding_mode="floor")
        return best, tokens[parents], at % 6


def build_model():
    torch.manual_seed(0)
    return BeamStep().eval()


def example_inputs():
    torch.manual_seed(1)
    return {
        "even": (torch.tensor([1, 2, 3]), torch.zeros(3)),
        "ahead": (torch.tensor([5, 0, 2]), torch.tensor([0.0, -1.0, -9.0])),
    }
