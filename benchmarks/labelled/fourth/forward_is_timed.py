"""A model that notes how long its forward takes."""

import time

import torch
from torch import nn


class TimedEncoder(nn.Module):
    def __init__(self, width: int = 6):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2))
        self.slowest = 0.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        started = time.perf_counter()  #@ capture-failure: script; graph-break: dynamo
        out = self.net(x)
        self.slowest = max(self.slowest, time.perf_counter() - started)  #@ graph-break: dynamo
        return out


def build_model():
    torch.manual_seed(743)
    return TimedEncoder().eval()


def example_inputs():
    torch.manual_seed(744)
    return {"a": (torch.randn(3, 6),), "b": (torch.randn(3, 6) * 5,)}
