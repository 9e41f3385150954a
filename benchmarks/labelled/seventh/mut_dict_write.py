"""The features are left in the dict that the caller passes."""

from typing import Dict

import torch
from torch import nn


class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 4)
        self.b = nn.Linear(4, 2)

    def forward(self, batch: Dict[str, torch.Tensor]):
        h = torch.relu(self.a(batch["x"]))
        batch["features"] = h  #@ mutation: trace script export onnx onnx_ts
        return self.b(h)


def build_model():
    torch.manual_seed(0)
    return Features().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": ({"x": torch.randn(2, 3)},), "b": ({"x": torch.randn(2, 3) * 3},)}
