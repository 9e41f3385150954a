"""The graph returns the right tensors in another wrapping: names, nesting or types are lost.

A static graph knows tensors, tuples and sometimes dictionaries, but not the classes of your program. A named tuple
comes back from a trace as a plain tuple: code that reads `result.peak` fails on the graph's result. A script gives one
with the same fields, but of another class: `isinstance` says no.
"""

from typing import NamedTuple

import torch
from torch import nn


class Pooled(NamedTuple):
    """What comes out."""

    mean: torch.Tensor
    peak: torch.Tensor


class TwoPools(nn.Module):
    """Average and maximum over time."""

    def forward(self, steps: torch.Tensor) -> Pooled:
        return Pooled(steps.mean(0), steps.amax(0))


def build_model() -> nn.Module:
    return TwoPools().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(0)
    return {
        "speech": (torch.randn(4, 2),),
        "silence": (torch.zeros(4, 2),),
    }
