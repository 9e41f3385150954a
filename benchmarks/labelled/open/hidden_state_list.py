"""A transformer that gathers every layer's hidden state in a list and returns them all."""

from typing import List, Tuple

import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.feed(self.norm(x))


class Stack(nn.Module):
    def __init__(self, width: int = 8, depth: int = 3):
        super().__init__()
        self.layers = nn.ModuleList([Layer(width) for _ in range(depth)])
        self.read = nn.Linear(width, 2)

    def forward(self, x: torch.Tensor) -> Tuple[torch.Tensor, List[torch.Tensor]]:
        hidden: List[torch.Tensor] = [x]
        for layer in self.layers:
            x = layer(x)
            hidden.append(x)
        return self.read(torch.stack(hidden).mean(0)), hidden


def build_model():
    torch.manual_seed(91)
    return Stack().eval()


def example_inputs():
    torch.manual_seed(92)
    return {"a": (torch.randn(2, 4, 8),), "b": (torch.randn(2, 4, 8) * 2,)}
