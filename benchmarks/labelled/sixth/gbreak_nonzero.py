"""The positions of what is positive."""

import torch
from torch import nn


class Positions(nn.Module):
    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        return torch.nonzero(x > self.shift)  #@ graph-break: dynamo


def build_model():
    torch.manual_seed(0)
    return Positions().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"two": (torch.tensor([1.0, -1.0, 2.0]),), "none": (torch.zeros(3),)}
