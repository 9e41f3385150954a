"""The stages' features are kept by name in a dict of the call's own."""

from typing import Dict

import torch
from torch import nn


class Stages(nn.Module):
    def __init__(self):
        super().__init__()
        self.low = nn.Linear(4, 4)
        self.high = nn.Linear(4, 4)

    def forward(self, x):
        seen: Dict[str, torch.Tensor] = {}
        seen["low"] = self.low(x).relu()
        seen["high"] = self.high(seen["low"]).relu()
        seen["low"] = seen["low"] * 0.5
        return seen["low"] + seen["high"]


def build_model():
    torch.manual_seed(0)
    return Stages().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 3,)}
