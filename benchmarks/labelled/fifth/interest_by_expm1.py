"""Growth per unit of rate, exact for small rates thanks to expm1."""

import torch
from torch import nn


class Growth(nn.Module):
    def __init__(self):
        super().__init__()
        self.years = nn.Parameter(torch.tensor([0.5, 1.0, 2.0]))

    def forward(self, rates):
        return torch.expm1(rates * self.years) / rates  #@ numerical-mismatch: onnx; capture-failure: onnx_ts


def build_model():
    torch.manual_seed(0)
    return Growth().eval()


def example_inputs():
    return {"high": (torch.tensor([0.5, 0.4, 0.3]),), "tiny": (torch.tensor([1e-8, 2e-8, 3e-8]),)}
