"""Sensor readings with gaps: they are filled in with a warning, and readings without are left alone."""

import warnings

import torch
from torch import nn


class Repaired(nn.Module):
    def __init__(self, sensors: int = 5):
        super().__init__()
        self.register_buffer("usual", torch.linspace(0.0, 1.0, sensors))
        self.fc = nn.Linear(sensors, 2)

    def checked(self, x: torch.Tensor) -> torch.Tensor:
        gaps = torch.isnan(x)
        if gaps.any():  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            warnings.warn("readings are missing", stacklevel=2)
            x = torch.where(gaps, self.usual, x)
        return x

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.checked(x))


def build_model():
    torch.manual_seed(377)
    return Repaired().eval()


def example_inputs():
    torch.manual_seed(378)
    x = torch.randn(3, 5)
    return {"whole": (x,), "gaps": (torch.where(x > 1, torch.nan, x),), "lost": (torch.full((3, 5), torch.nan),)}
