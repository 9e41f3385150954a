"""A branch on the kind of each layer, which is settled when the model is built."""

import torch
from torch import nn


class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 4)])

    def forward(self, x):
        for layer in self.layers:
            if isinstance(layer, nn.Linear):
                x = x + layer(x)
            else:
                x = layer(x).relu()
        return x


def build_model():
    torch.manual_seed(0)
    return Mixed().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 5,)}
