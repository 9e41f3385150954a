"""Rotary embedding as in LLaMA's reference code: pairs of features are complex numbers that are turned."""

import torch
from torch import nn


def turns(width: int, length: int, base: float = 100.0) -> torch.Tensor:
    frequencies = base ** (-torch.arange(0, width, 2) / width)
    angles = torch.outer(torch.arange(length), frequencies)
    return torch.polar(torch.ones_like(angles), angles)


class Rotated(nn.Module):
    def __init__(self, width: int = 8, length: int = 5):
        super().__init__()
        self.project = nn.Linear(width, width)
        self.register_buffer("turns", turns(width, length), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pairs = torch.view_as_complex(self.project(x).unflatten(-1, (-1, 2)))  #@ capture-failure: onnx_ts
        return torch.view_as_real(pairs * self.turns).flatten(-2)


def build_model():
    torch.manual_seed(329)
    return Rotated().eval()


def example_inputs():
    torch.manual_seed(330)
    return {"a": (torch.randn(2, 5, 8),), "b": (torch.randn(2, 5, 8) * 4,)}
