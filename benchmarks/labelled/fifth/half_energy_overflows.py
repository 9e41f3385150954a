"""The energy in half precision, whose squares can be too large for it."""

import torch
from torch import nn


class Energy(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, x):
        return (x * self.scale).half().pow(2).mean(-1).sqrt()  #@ numerical-mismatch: onnx onnx_ts


def build_model():
    torch.manual_seed(0)
    return Energy().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"small": (torch.rand(2, 4),), "large": (torch.rand(2, 4) * 100 + 300,)}
