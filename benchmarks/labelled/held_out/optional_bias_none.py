"""Low-rank adapters that may be absent: None is settled when the layer is built, not when it is called."""

from typing import Optional

import torch
from torch import nn


class AdaptedLinear(nn.Module):
    def __init__(self, inputs: int, outputs: int, rank: int = 0, bias: bool = True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / inputs**0.5)
        self.bias = nn.Parameter(torch.randn(outputs)) if bias else None
        self.down: Optional[nn.Linear] = nn.Linear(inputs, rank, bias=False) if rank else None
        self.up: Optional[nn.Linear] = nn.Linear(rank, outputs, bias=False) if rank else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = nn.functional.linear(x, self.weight, self.bias)
        if self.down is not None and self.up is not None:
            y = y + 0.5 * self.up(self.down(x))
        return y


class Adapted(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = AdaptedLinear(6, 8, rank=2)
        self.second = AdaptedLinear(8, 3, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(torch.relu(self.first(x)))


def build_model():
    torch.manual_seed(211)
    return Adapted().eval()


def example_inputs():
    torch.manual_seed(212)
    return {"a": (torch.randn(2, 6),), "b": (torch.randn(2, 6) * 9,)}
