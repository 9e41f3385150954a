"""Instantaneous frequency of a spectrum: NumPy unwraps the phase between two layers."""

import numpy as np
import torch
from torch import nn


class PhaseFeatures(nn.Module):
    def __init__(self, bins: int = 8):
        super().__init__()
        self.mix = nn.Linear(bins, bins)
        self.read = nn.Linear(bins - 1, 2)

    def forward(self, angle: torch.Tensor) -> torch.Tensor:
        angle = self.mix(angle)
        smooth = torch.from_numpy(np.unwrap(angle.detach().numpy()))  #@ baked-constant: trace onnx_ts; capture-failure: script export onnx; graph-break: dynamo
        return self.read(smooth.diff(dim=-1))


def build_model():
    torch.manual_seed(513)
    return PhaseFeatures().eval()


def example_inputs():
    torch.manual_seed(514)
    return {"slow": (torch.randn(2, 8),), "fast": (torch.randn(2, 8) * 6,)}
