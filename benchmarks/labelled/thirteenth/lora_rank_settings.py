"""A linear layer with a low-rank correction that its settings turn on or off."""
import torch
from torch import nn


class LoraLinear(nn.Module):
    def __init__(self, inside, outside, rank, alpha=8.0):
        super().__init__()
        self.base = nn.Linear(inside, outside)
        self.rank = rank
        self.scaling = alpha / max(rank, 1)
        self.merged = False
        self.drop = nn.Dropout(0.1)
        self.down = nn.Parameter(torch.randn(max(rank, 1), inside) * 0.1)
        self.up = nn.Parameter(torch.randn(outside, max(rank, 1)) * 0.1)

    def forward(self, x):
        y = self.base(x)
        if self.rank > 0 and not self.merged:
            y = y + self.drop(x) @ self.down.t() @ self.up.t() * self.scaling
        return y


def build_model():
    torch.manual_seed(0)
    return nn.Sequential(LoraLinear(4, 6, rank=2), nn.ReLU(), LoraLinear(6, 3, rank=0)).eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 6,)}
