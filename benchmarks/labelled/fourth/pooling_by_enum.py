"""A set encoder whose way of pooling is an enum, asked for in forward."""

from enum import Enum

import torch
from torch import nn


class Pooling(Enum):
    MEAN = "mean"
    LARGEST = "largest"


class SetEncoder(nn.Module):
    def __init__(self, pooling: Pooling = Pooling.LARGEST, width: int = 4):
        super().__init__()
        self.pooling = pooling
        self.each = nn.Linear(width, width)

    def forward(self, items: torch.Tensor) -> torch.Tensor:
        hidden = torch.relu(self.each(items))
        if self.pooling == Pooling.MEAN:
            return hidden.mean(1)
        return hidden.amax(1)


def build_model():
    torch.manual_seed(765)
    return SetEncoder().eval()


def example_inputs():
    torch.manual_seed(766)
    return {"a": (torch.randn(2, 5, 4),), "b": (torch.randn(2, 5, 4) * 8,)}
