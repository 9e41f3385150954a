"""A generator's block with conditional normalisation; without a condition it falls back to learned gains."""
from typing import Optional

import torch
from torch import nn


class ConditionalNorm(nn.Module):
    def __init__(self, channels: int, cond_dim: int):
        super().__init__()
        self.norm = nn.GroupNorm(2, channels, affine=False)
        self.gain = nn.Parameter(torch.rand(channels) + 0.5)
        self.bias = nn.Parameter(torch.rand(channels))
        self.film = nn.Linear(cond_dim, 2 * channels)

    def forward(self, x, cond: Optional[torch.Tensor] = None):
        h = self.norm(x)
        if cond is None:  #@ specialised-type: trace export onnx onnx_ts
            gain, bias = self.gain.expand(x.shape[0], -1), self.bias.expand(x.shape[0], -1)
        else:
            gain, bias = self.film(cond).chunk(2, dim=1)
        return h * (1 + gain[:, :, None, None]) + bias[:, :, None, None]


class GeneratorBlock(nn.Module):
    def __init__(self, channels: int = 4, cond_dim: int = 3):
        super().__init__()
        self.norm1 = ConditionalNorm(channels, cond_dim)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.skip = nn.Conv2d(channels, channels, 1)

    def forward(self, x, cond: Optional[torch.Tensor] = None):
        h = self.conv1(torch.relu(self.norm1(x, cond)))
        return self.skip(x) + h


def build_model():
    torch.manual_seed(0)
    return GeneratorBlock().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(2, 4, 5, 5)
    return {"unconditional": (x,), "conditional": (x, torch.randn(2, 3))}
