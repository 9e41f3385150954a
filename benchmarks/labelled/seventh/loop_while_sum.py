"""Doubled while the sum is small."""

import torch
from torch import nn


class Doubled(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        while x.sum() < 10:  #@ unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            x = x * 2
        return self.fc(x)


def build_model():
    torch.manual_seed(0)
    return Doubled().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"twice": (torch.ones(1, 3),), "often": (torch.full((1, 3), 0.1),), "never": (torch.full((1, 3), 5.0),)}
