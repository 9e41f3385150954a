"""The running maximum of a series."""

import torch
from torch import nn


class Drawdown(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        peak = torch.cummax(x, -1).values  #@ capture-failure: onnx onnx_ts
        return (peak - x) * self.scale


def build_model():
    torch.manual_seed(0)
    return Drawdown().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 6),), "b": (torch.arange(12.0).view(2, 6),)}
