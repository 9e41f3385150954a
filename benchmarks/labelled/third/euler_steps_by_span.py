"""A neural ODE whose number of Euler steps follows from the time span of the batch."""

import math

import torch
from torch import nn


class EulerODE(nn.Module):
    def __init__(self, width: int = 4, step: float = 0.25):
        super().__init__()
        self.step = step
        self.field = nn.Sequential(nn.Linear(width, 8), nn.Tanh(), nn.Linear(8, width))

    def forward(self, x: torch.Tensor, span: torch.Tensor) -> torch.Tensor:
        size = span / torch.ceil(span / self.step)
        for _ in range(math.ceil(span / self.step)):  #@ unrolled-loop|baked-constant: trace onnx_ts; capture-failure: export onnx script; graph-break: dynamo
            x = x + size * self.field(x)
        return x


def build_model():
    torch.manual_seed(541)
    return EulerODE().eval()


def example_inputs():
    torch.manual_seed(542)
    x = torch.randn(2, 4)
    return {"short": (x, torch.tensor(0.6)), "long": (x, torch.tensor(2.1)), "none": (x, torch.tensor(0.2))}
