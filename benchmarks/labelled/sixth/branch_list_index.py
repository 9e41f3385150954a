"""A comparison as the index into a list of two results."""

import torch
from torch import nn


class Picked(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Linear(3, 3)
        self.up = nn.Linear(3, 3)

    def forward(self, x):
        ways = [self.down(x), self.up(x)]
        return ways[int(x.mean() > 0)]  #@ baked-branch|baked-constant: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo


def build_model():
    torch.manual_seed(0)
    return Picked().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"positive": (torch.ones(2, 3),), "negative": (-torch.ones(2, 3),)}
