"""`torch.where` makes the choice: a tensor operation, which the graph keeps. Both sides are computed, one is taken."""

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
        return torch.where(norm > 1, h / norm, h)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return LimitedNorm().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "short": (torch.full((1, 4), 0.1),),
        "long": (torch.full((1, 4), 9.0),),
    }
