"""Weights quantised per channel, with a guard for channels that are all zero."""

import torch
import torch.nn.functional as F
from torch import nn


class QuantisedLinear(nn.Module):
    def __init__(self, inputs: int = 5, outputs: int = 3, bits: int = 8):
        super().__init__()
        self.top = float(2 ** (bits - 1) - 1)
        self.weight = nn.Parameter(torch.randn(outputs, inputs))

    def quantised(self, values: torch.Tensor) -> torch.Tensor:
        scale = values.abs().amax(-1, keepdim=True) / self.top
        scale = torch.where(scale == 0, torch.ones_like(scale), scale)
        return torch.clamp(torch.round(values / scale), -self.top, self.top) * scale

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(self.quantised(x), self.quantised(self.weight))


def build_model():
    torch.manual_seed(769)
    model = QuantisedLinear()
    with torch.no_grad():
        model.weight[1].zero_()
    return model.eval()


def example_inputs():
    torch.manual_seed(770)
    return {"usual": (torch.randn(2, 5),), "zero": (torch.zeros(2, 5),), "tiny": (torch.randn(2, 5) * 1e-6,)}
