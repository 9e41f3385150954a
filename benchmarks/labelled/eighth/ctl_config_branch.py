"""branches on the configuration only, and an assert that always holds"""
import torch
import torch.nn.functional as F
from torch import nn


class M(nn.Module):
    def __init__(self, norm=True, depth=3):
        super().__init__()
        self.norm = nn.LayerNorm(4) if norm else None
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(depth)])
        self.residual = True
    def forward(self, x):
        assert x.dim() == 2
        for layer in self.layers:
            y = F.silu(layer(x))
            x = x + y if self.residual else y
        if self.norm is not None:
            x = self.norm(x)
        return x


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(3, 4),), "b": (torch.randn(3, 4) * 7,)}
