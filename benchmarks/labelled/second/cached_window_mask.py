"""Windowed attention whose mask is built once for each length, by a cached function."""

import functools

import torch
from torch import nn


@functools.lru_cache(maxsize=8)
def window_mask(length: int, radius: int) -> torch.Tensor:
    place = torch.arange(length)
    return (place[:, None] - place[None, :]).abs() <= radius


class WindowAttention(nn.Module):
    def __init__(self, width: int = 6, radius: int = 2):
        super().__init__()
        self.radius = radius
        self.qkv = nn.Linear(width, 3 * width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        mask = window_mask(x.shape[1], self.radius)
        weights = (q @ k.transpose(1, 2) / q.shape[-1] ** 0.5).masked_fill(~mask, -1e4).softmax(-1)
        return weights @ v


def build_model():
    torch.manual_seed(373)
    return WindowAttention().eval()


def example_inputs():
    torch.manual_seed(374)
    return {"a": (torch.randn(2, 7, 6),), "b": (torch.randn(2, 7, 6) * 4,)}
