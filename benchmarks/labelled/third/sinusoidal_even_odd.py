"""Sinusoidal embedding of a diffusion time: sines and cosines are written into every other column of a new tensor."""

import math

import torch
from torch import nn


class TimeEmbedding(nn.Module):
    def __init__(self, width: int = 8):
        super().__init__()
        self.width = width
        self.mix = nn.Linear(width, width)

    def forward(self, time: torch.Tensor) -> torch.Tensor:
        steps = torch.arange(0, self.width, 2).float()
        angle = time.unsqueeze(1) * torch.exp(-math.log(100.0) / self.width * steps)
        out = torch.zeros(time.shape[0], self.width)
        out[:, 0::2] = torch.sin(angle)
        out[:, 1::2] = torch.cos(angle)
        return self.mix(out)


def build_model():
    torch.manual_seed(601)
    return TimeEmbedding().eval()


def example_inputs():
    return {"early": (torch.tensor([0.0, 3.0, 9.0]),), "late": (torch.tensor([90.0, 95.0, 99.0]),)}
