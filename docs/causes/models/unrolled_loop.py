"""A loop becomes a fixed number of copies of its body.

A tracer sees the operations of every turn, one after the other, but not the `while` or `for` around them. The graph
holds as many copies of the body as the captured example had turns. An input that needs more turns, or fewer, gets the
same number all the same.
"""

import torch
from torch import nn


class FitRange(nn.Module):
    """Halve a signal until it fits between -1 and 1, as fixed-point hardware wants it."""

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        while signal.abs().max() > 1:
            signal = signal / 2
        return signal.round(decimals=2)


def build_model() -> nn.Module:
    return FitRange().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "speech": (torch.tensor([0.5, -1.5, 1.0]),),  # is halved once
        "clap": (torch.tensor([0.5, -7.5, 4.0]),),  # is halved three times
    }
