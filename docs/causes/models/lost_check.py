"""Eager raises an error on a bad input; the graph has no such check and returns something.

`assert` and `raise` are Python: on the good input that was captured nothing was raised, and nothing was written down.
A bad input goes through the graph to the end, and what comes out looks like a result.
"""

import torch
from torch import nn


class MeanOfLengths(nn.Module):
    """Sum over time, divided by how many steps each sequence has."""

    def forward(self, steps: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        if lengths.min() < 1:
            raise ValueError("a sequence is empty")
        return steps.sum(1) / lengths


def build_model() -> nn.Module:
    return MeanOfLengths().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    return {
        "full": (torch.ones(2, 4), torch.tensor([4, 2])),
        "one empty": (torch.ones(2, 4), torch.tensor([4, 0])),  # eager raises
    }
