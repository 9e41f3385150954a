"""Causal attention that reads its sizes off the input, which all examples share."""

import torch
from torch import nn


class CausalAttention(nn.Module):
    def __init__(self, width: int = 12, heads: int = 3, longest: int = 16):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.register_buffer("causal", torch.ones(longest, longest).tril().bool())

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        length = x.shape[1]
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = torch.einsum("bhqd,bhkd->bhqk", q, k) * 0.5
        scores = scores.masked_fill(~self.causal[:length, :length], float("-inf"))
        mixed = torch.einsum("bhqk,bhkd->bhqd", scores.softmax(-1), v)
        return mixed.transpose(1, 2).flatten(2)


def build_model():
    torch.manual_seed(203)
    return CausalAttention().eval()


def example_inputs():
    torch.manual_seed(204)
    return {"text": (torch.randn(2, 5, 12),), "shout": (torch.randn(2, 5, 12) * 5,)}
