"""A branch that asks for values in a tensor is decided once, while the graph is captured.

A tracer runs the model on one example and writes down the tensor operations that it sees. The `if` itself is plain
Python and is not written down: the graph holds the side that this example took, and nothing else. On an input that
takes the other side the graph answers without an error, and the answer is wrong.
"""

import torch
from torch import nn


class LimitedNorm(nn.Module):
    """Project features, and bring those that are too long back to the unit ball."""

    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.project = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.project(x)
        norm = h.norm()
        if norm > 1:
            h = h / norm
        return h


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return LimitedNorm().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "short": (torch.full((1, 4), 0.1),),  # stays inside the ball
        "long": (torch.full((1, 4), 9.0),),  # must be brought back
    }
