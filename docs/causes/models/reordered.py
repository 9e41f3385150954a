"""The graph runs the same operations in another order.

Eager runs them as the lines say. A graph only says which operation needs the result of which other one, and a runtime
may take those that do not need each other in any order.

It is harmless: an operation runs when all that it needs is there, in both orders. Keep it in mind where you read times
or logs of the two side by side.
"""

import torch
from torch import nn


class GatedStep(nn.Module):
    """Compare two views of the same features, and let a gate choose how much of the difference counts."""

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.view = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        step = self.view(x).relu() - self.norm(x)
        gate = x.sigmoid()
        return step * gate


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return GatedStep().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {"low": (torch.randn(2, 3) - 1,), "high": (torch.randn(2, 3) + 1,)}
