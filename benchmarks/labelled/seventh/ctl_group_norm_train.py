"""Group norm in training mode, which keeps no running statistics."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.GroupNorm(2, 4)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)))


def build_model():
    torch.manual_seed(0)
    return Block().train()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 1, 4, 4),), "b": (torch.randn(2, 1, 4, 4) * 5 + 2,)}
