"""A Haar transform: averages and details, level by level, until a single average is left."""

from typing import List

import torch
from torch import nn


class HaarEnergy(nn.Module):
    def __init__(self, channels: int = 2):
        super().__init__()
        self.gain = nn.Parameter(torch.rand(channels) + 0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        levels: List[torch.Tensor] = []
        while x.shape[-1] > 1:  #@ unrolled-loop|specialised-shape: trace export onnx onnx_ts
            even, odd = x[..., ::2], x[..., 1::2]
            levels.append((even - odd).pow(2).mean(-1))
            x = (even + odd) / 2
        return self.gain * torch.stack(levels).sum(0) + x.squeeze(-1)


def build_model():
    torch.manual_seed(545)
    return HaarEnergy().eval()


def example_inputs():
    torch.manual_seed(546)
    return {"eight": (torch.randn(1, 2, 8),), "sixteen": (torch.randn(1, 2, 16),), "two": (torch.randn(1, 2, 2),)}
