"""A spectrum comes as complex numbers or as magnitudes."""

import torch
from torch import nn


class Spectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        if x.is_complex():  #@ specialised-type: trace onnx_ts onnx export
            x = x.abs()
        return self.fc(x)


def build_model():
    torch.manual_seed(0)
    return Spectrum().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"real": (torch.rand(2, 4),), "complex": (torch.randn(2, 4, dtype=torch.complex64),)}
