"""Layers are looked up by name with getattr."""

import torch
from torch import nn


class Numbered(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc0 = nn.Linear(3, 3)
        self.fc1 = nn.Linear(3, 3)

    def forward(self, x):
        for i in range(2):
            x = getattr(self, f"fc{i}")(x).tanh()  #@ capture-failure: script
        return x


def build_model():
    torch.manual_seed(0)
    return Numbered().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3) * 4,)}
