"""Asserts on the configuration and on the type of the input."""

import torch
from torch import nn


class Heads(nn.Module):
    def __init__(self, width: int = 4, heads: int = 2):
        super().__init__()
        self.width = width
        self.heads = heads
        self.fc = nn.Linear(width, width)

    def forward(self, x):
        assert isinstance(x, torch.Tensor)
        assert self.width % self.heads == 0, f"{self.width} is not a multiple of {self.heads}"
        return self.fc(x).unflatten(-1, (self.heads, self.width // self.heads)).amax(-1)


def build_model():
    torch.manual_seed(0)
    return Heads().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 3,)}
