"""Operations that need no input are computed once, by the exporter, and only their result is in the graph.

A table that the model makes on every call from nothing but numbers of its own, such as the frequencies of a position
encoding, is the same on every call.

It is harmless: a value that depends on no input cannot change. The graph is larger by the table and saves the work of
making it.
"""

import torch
from torch import nn


class PositionWaves(nn.Module):
    """Add waves of falling frequency to the features of a position."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        frequencies = torch.exp(-torch.arange(4.0))
        return x + torch.sin(x * frequencies)


def build_model() -> nn.Module:
    return PositionWaves().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {"start": (torch.zeros(2, 4),), "later": (torch.full((2, 4), 7.0),)}
