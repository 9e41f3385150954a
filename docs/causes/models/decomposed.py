"""One operation of eager is several operations of the graph.

A format has a limited set of operations. What it does not know is spelled out in terms of those that it knows: a `silu`
becomes a sigmoid and a multiplication.

It is harmless: the several operations compute what the one did, up to the rounding that the explorer measures on every
example. The graph is longer, and a runtime may put the pieces together again.
"""

import torch
from torch import nn


class GatedUnit(nn.Module):
    """A linear layer with the activation of recent language models."""

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.project = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.project(x)
        return nn.functional.silu(h)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return GatedUnit().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {"low": (torch.randn(2, 3) - 1,), "high": (torch.randn(2, 3) + 1,)}
