"""A dict of outputs with another dict inside."""

import torch
from torch import nn


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 6)
        self.boxes = nn.Linear(6, 4)
        self.scores = nn.Linear(6, 2)

    def forward(self, x):
        h = torch.relu(self.body(x))
        found = {"boxes": self.boxes(h), "scores": self.scores(h).softmax(-1)}
        return {"found": found, "hidden": h}  #@ capture-failure: trace


def build_model():
    torch.manual_seed(0)
    return Heads().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 3,)}
