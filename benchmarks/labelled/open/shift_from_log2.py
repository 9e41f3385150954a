"""Fixed-point arithmetic: the number of fraction bits is worked out from the data with the math module."""

import math

import torch
from torch import nn


class FixedPoint(nn.Module):
    def __init__(self, bits: int = 8):
        super().__init__()
        self.bits = bits
        self.fc = nn.Linear(5, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.fc(x)
        largest = float(y.abs().max())  #@ baked-constant: trace onnx_ts; graph-break: dynamo; capture-failure: export onnx
        fraction = self.bits - 1 - math.ceil(math.log2(largest))  #@ capture-failure: script
        scale = 2.0**fraction
        return torch.round(y * scale) / scale


def build_model():
    torch.manual_seed(37)
    return FixedPoint().eval()


def example_inputs():
    torch.manual_seed(38)
    return {"unit": (torch.randn(2, 5),), "hundred": (torch.randn(2, 5) * 100,), "tiny": (torch.randn(2, 5) * 0.001,)}
