"""Causal attention with ALiBi slopes and a sliding window, with or without the window by configuration."""
import math
from typing import Optional

import torch
from torch import nn


def alibi_slopes(heads: int) -> torch.Tensor:
    start = 2.0 ** (-(2.0 ** -(math.log2(heads) - 3)))
    return torch.tensor([start ** (i + 1) for i in range(heads)])


class WindowAttention(nn.Module):
    def __init__(self, dim: int, heads: int, window: Optional[int]):
        super().__init__()
        self.heads = heads
        self.head_dim = dim // heads
        self.scale = 1.0 / math.sqrt(self.head_dim)
        self.window = window
        self.in_proj = nn.Linear(dim, dim * 3)
        self.out_proj = nn.Linear(dim, dim)
        self.register_buffer("slopes", alibi_slopes(heads).view(heads, 1, 1))

    def bias(self, length: int) -> torch.Tensor:
        pos = torch.arange(length)
        distance = pos.unsqueeze(1) - pos.unsqueeze(0)
        hidden = distance < 0
        if self.window is not None:
            hidden = hidden | (distance >= self.window)
        return (-self.slopes * distance).masked_fill(hidden, -1e9)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        b, n, d = x.shape
        q, k, v = self.in_proj(x).reshape(b, n, 3, self.heads, self.head_dim).permute(2, 0, 3, 1, 4).unbind(0)
        scores = q @ k.transpose(-1, -2) * self.scale + self.bias(n)
        out = scores.softmax(-1) @ v
        return self.out_proj(out.transpose(1, 2).reshape(b, n, d))


class Block(nn.Module):
    def __init__(self, dim: int, heads: int, window: Optional[int]):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.attn = WindowAttention(dim, heads, window)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.attn(self.norm(x))


def build_model():
    torch.manual_seed(0)
    return nn.Sequential(Block(8, 4, window=3), Block(8, 4, window=None)).eval()


def example_inputs():
    torch.manual_seed(1)
    return {"first": (torch.randn(2, 6, 8),), "second": (torch.randn(2, 6, 8) * 5,)}
