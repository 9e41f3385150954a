"""Neighbours in the batch are compared, which asserts that their number is even."""

import torch
from torch import nn


class Pairs(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        assert x.shape[0] % 2 == 0, "an even number of rows is needed"  #@ lost-check: trace
        x = self.fc(x)
        return x[: x.shape[0] // 2] - x[x.shape[0] // 2 :][: x.shape[0] // 2]


def build_model():
    torch.manual_seed(0)
    return Pairs().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"four": (torch.randn(4, 4),), "five": (torch.randn(5, 4),)}
