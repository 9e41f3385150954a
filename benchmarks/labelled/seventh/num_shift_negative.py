"""Fixed-point numbers halved by a shift to the right, negative ones too."""

import torch
from torch import nn


class FixedPoint(nn.Module):
    def forward(self, x):
        return (x * 3) >> 1  #@ numerical-mismatch: onnx_ts


def build_model():
    torch.manual_seed(0)
    return FixedPoint().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"positive": (torch.tensor([1, 2, 7]),), "negative": (torch.tensor([-1, -2, -7]),)}
