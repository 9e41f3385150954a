"""dense skip connections: earlier features unpacked into one concatenation"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3), nn.Linear(6, 3)])
        self.out = nn.Linear(9, 2)
    def forward(self, x):
        first = self.layers[0](x).relu()
        second = self.layers[1](torch.cat([x, first], -1)).relu()
        parts = (first, second)
        return self.out(torch.cat([x, *parts], -1))


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3) * 4,)}
