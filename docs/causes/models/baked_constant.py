"""A number that Python reads out of a tensor is stored in the graph as it was when captured.

`.item()`, `float()` and `int()` leave the world of tensors: the result is a plain Python number, and a tracer cannot
tell where it came from. What is computed with it is written down with that very number. The next input is treated with
the number of the captured one.
"""

import torch
from torch import nn


class OutlierClip(nn.Module):
    """Cut off readings that are far from the others, by the sensor's own spread."""

    def forward(self, readings: torch.Tensor) -> torch.Tensor:
        limit = 2 * readings.std().item()
        return readings.clamp(max=limit).round(decimals=1)


def build_model() -> nn.Module:
    return OutlierClip().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "quiet": (torch.tensor([0.1, -0.2, 0.3, 0.9]),),
        "stormy": (torch.tensor([4.0, -9.0, 7.0, 30.0]),),
    }
