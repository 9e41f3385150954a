"""A count that the model keeps in a Python attribute is read once by a trace and never grows again."""

import torch
from torch import nn

SEQUENCE = True  # one model sees the examples in order


class WarmUp(nn.Module):
    """Add a correction that reaches its full strength at the third call."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.correct = nn.Linear(width, width)
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        strength = min(self.calls / 3, 1.0)

        return x + strength * self.correct(x)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return WarmUp().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {
        "first": (torch.randn(2, 8),),
        "second": (torch.randn(2, 8),),
        "third": (torch.randn(2, 8),),
    }
