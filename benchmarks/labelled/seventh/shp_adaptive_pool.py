"""Adaptive pooling of images whose size is no multiple of the bins."""

import torch
from torch import nn


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(3)
        self.fc = nn.Linear(9, 2)

    def forward(self, x):
        return self.fc(self.pool(x).flatten(1))  #@ specialised-shape: export onnx; capture-failure: onnx_ts


def build_model():
    torch.manual_seed(0)
    return Pooled().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"s7": (torch.randn(1, 1, 7, 7),), "s8": (torch.randn(1, 1, 8, 8),)}
