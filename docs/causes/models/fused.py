"""Several operations of eager are one operation of the graph.

Exporters and runtimes recognise common patterns and replace them by one operation that does the same in fewer steps.
Here ONNX Runtime finds a layer norm that was written by hand.

It is harmless: the one operation computes what the several did, up to the rounding that the explorer measures on every
example. To find your lines in the graph, look for the box that stands in their place.
"""

import torch
from torch import nn


class HandMadeNorm(nn.Module):
    """Normalise features, as old code does."""

    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x - x.mean(-1, keepdim=True)
        return x / (x.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt() * self.weight


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return HandMadeNorm().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {"low": (torch.randn(2, 4) - 1,), "high": (torch.randn(2, 4) + 1,)}
