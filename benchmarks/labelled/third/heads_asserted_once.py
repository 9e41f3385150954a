"""Grouped-query attention with asserts on its settings, and a property for what follows from them."""

import torch
from torch import nn


class GroupedAttention(nn.Module):
    def __init__(self, width: int = 8, heads: int = 4, groups: int = 2):
        super().__init__()
        self.width, self.heads, self.groups = width, heads, groups
        self.to_q = nn.Linear(width, width)
        self.to_k = nn.Linear(width, width // heads * groups)
        self.to_v = nn.Linear(width, width // heads * groups)

    @property
    def head_width(self) -> int:
        return self.width // self.heads

    def split(self, x: torch.Tensor, heads: int) -> torch.Tensor:
        return x.unflatten(-1, (heads, self.head_width)).transpose(1, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert self.heads % self.groups == 0, "heads must divide into groups"
        q = self.split(self.to_q(x), self.heads)
        k = self.split(self.to_k(x), self.groups).repeat_interleave(self.heads // self.groups, dim=1)
        v = self.split(self.to_v(x), self.groups).repeat_interleave(self.heads // self.groups, dim=1)
        mixed = (q @ k.transpose(-1, -2) / self.head_width**0.5).softmax(-1) @ v
        return mixed.transpose(1, 2).flatten(2)


def build_model():
    torch.manual_seed(619)
    return GroupedAttention().eval()


def example_inputs():
    torch.manual_seed(620)
    return {"a": (torch.randn(1, 3, 8),), "b": (torch.randn(1, 3, 8) * 4,)}
