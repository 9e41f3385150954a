"""Two scales with a list of maps each."""

import torch
from torch import nn


class Scales(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 2)
        self.b = nn.Linear(3, 4)

    def forward(self, x):
        a, b = self.a(x), self.b(x)
        return [[a], [b, b.softmax(-1)]]  #@ capture-failure: trace


def build_model():
    torch.manual_seed(0)
    return Scales().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3) * 3,)}
