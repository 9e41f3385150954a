"""Attention with rotary positions from a table made at construction and cut to the length of the input."""

import torch
from torch import nn


class RotaryAttention(nn.Module):
    def __init__(self, width: int = 16, heads: int = 2, longest: int = 32):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        each = width // heads
        rates = 1.0 / (100.0 ** (torch.arange(0, each, 2) / each))
        angles = torch.arange(longest).unsqueeze(1) * rates
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())

    def rotated(self, x: torch.Tensor) -> torch.Tensor:
        cos = self.cos[: x.shape[2]]
        sin = self.sin[: x.shape[2]]
        even, odd = x[..., 0::2], x[..., 1::2]
        return torch.cat([even * cos - odd * sin, even * sin + odd * cos], dim=-1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        q, k, v = self.qkv(x).view(batch, length, self.heads, -1).transpose(1, 2).chunk(3, dim=-1)
        weights = (self.rotated(q) @ self.rotated(k).transpose(-2, -1) * 0.35).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(batch, length, width))


def build_model():
    torch.manual_seed(41)
    return RotaryAttention().eval()


def example_inputs():
    torch.manual_seed(42)
    return {"first": (torch.randn(2, 6, 16),), "second": (torch.randn(2, 6, 16) * 3,)}
