"""A layer that returns its attention weights if it is configured to, and None in their place if it is not."""

from typing import Optional, Tuple

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, width: int = 6, heads: int = 2, output_attentions: bool = False):
        super().__init__()
        self.heads, self.output_attentions = heads, output_attentions
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x: torch.Tensor) -> Tuple[torch.Tensor, Optional[torch.Tensor]]:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = self.split(q), self.split(k), self.split(v)
        weights = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(-1)
        mixed = (weights @ v).transpose(1, 2).flatten(2)
        return self.out(mixed), weights if self.output_attentions else None  #@ capture-failure|output-structure: trace


def build_model():
    torch.manual_seed(383)
    return SelfAttention().eval()


def example_inputs():
    torch.manual_seed(384)
    return {"a": (torch.randn(2, 5, 6),), "b": (torch.randn(2, 5, 6) * 3,)}
