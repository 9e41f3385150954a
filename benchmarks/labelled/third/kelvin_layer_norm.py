"""Temperatures in kelvin go into a layer norm as they are: a large mean, and variations of a few hundredths."""

import torch
from torch import nn


class ClimateBlock(nn.Module):
    def __init__(self, width: int = 8):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.mix = nn.Linear(width, 2)

    def forward(self, kelvin: torch.Tensor) -> torch.Tensor:
        return self.mix(self.norm(kelvin))  #@ numerical-mismatch: onnx onnx_ts


def build_model():
    torch.manual_seed(569)
    return ClimateBlock().eval()


def example_inputs():
    torch.manual_seed(570)
    return {"ocean": (288.0 + torch.randn(2, 8) * 0.02,), "desert": (310.0 + torch.randn(2, 8) * 4,)}
