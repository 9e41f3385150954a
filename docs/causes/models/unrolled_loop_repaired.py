"""The number of turns is computed as a tensor, and one division by a power of two takes the place of the loop."""

import torch
from torch import nn


class FitRange(nn.Module):
    """Halve a signal until it fits between -1 and 1, as fixed-point hardware wants it."""

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        halvings = signal.abs().max().log2().ceil().clamp(min=0)
        return (signal / 2**halvings).round(decimals=2)


def build_model() -> nn.Module:
    return FitRange().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "speech": (torch.tensor([0.5, -1.5, 1.0]),),
        "clap": (torch.tensor([0.5, -7.5, 4.0]),),
    }
