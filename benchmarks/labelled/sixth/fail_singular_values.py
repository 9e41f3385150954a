"""Singular values of the features."""

import torch
from torch import nn


class Spectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        return torch.linalg.svdvals(self.fc(x))  #@ capture-failure: onnx onnx_ts


def build_model():
    torch.manual_seed(0)
    return Spectrum().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(4, 3),), "b": (torch.randn(4, 3) * 5,)}
