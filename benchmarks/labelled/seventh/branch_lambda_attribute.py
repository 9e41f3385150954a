"""A lambda in an attribute decides how the features are squashed."""

import torch
from torch import nn


class Squash(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.squash = lambda h: h.tanh() if h.abs().max() > 3 else h  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo

    def forward(self, x):
        return self.squash(self.fc(x)) + 1  #@ capture-failure: script


def build_model():
    torch.manual_seed(0)
    return Squash().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"small": (torch.ones(1, 3),), "large": (torch.full((1, 3), 40.0),)}
