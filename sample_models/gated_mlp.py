"""Tracing fixes a branch on the data, and a batch size read as a number, at what the first example had."""

import torch
from torch import nn


class Block(nn.Module):
    """Widen, bend and narrow the features, around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.layers(x)


class GatedMLP(nn.Module):
    """Sharpen the features where the gate is open, smooth them where it is closed."""

    def __init__(self, width: int = 16, classes: int = 10) -> None:
        super().__init__()
        self.encoder = nn.Sequential(*(Block(width) for _ in range(4)))
        self.gate = nn.Linear(width, width)
        self.sharpen = nn.Linear(width, width)
        self.smooth = nn.Linear(width, width)
        self.head = nn.Linear(width, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.encoder(x)
        gate = torch.sigmoid(self.gate(h))

        if gate.mean() > 0.5:
            h = self.sharpen(h).softmax(-1) * h
        else:
            h = self.smooth(h).sigmoid() + h

        n = int(x.shape[0])
        return self.head(h) / n


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return GatedMLP().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(0)
    return {
        "short": (torch.randn(4, 16) + 1,),  # opens the gate
        "long": (torch.randn(4, 16) - 1,),  # leaves it closed
        "wide": (torch.randn(9, 16) - 1,),  # leaves it closed, in a larger batch
    }
