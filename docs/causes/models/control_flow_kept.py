"""The graph keeps the branch or the loop, with all its sides; eager runs the side that the data asks for.

TorchScript compiles the text of the model instead of watching it run. An `if` on data becomes an operation that owns
two small graphs, one for each side, and picks one of them on every call.

It is harmless: the graph decides by the same condition as eager, on the values at hand. It is what `baked-branch` is
not.
"""

import torch
from torch import nn


class LimitedNorm(nn.Module):
    """Bring vectors that are too long back to the unit ball."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        norm = x.norm()
        if norm > 1:
            x = x / norm
        return x + 1


def build_model() -> nn.Module:
    return LimitedNorm().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "short": (torch.full((1, 4), 0.1),),  # stays inside the ball
        "long": (torch.full((1, 4), 9.0),),  # must be brought back
    }
