"""Levels of a backbone in an OrderedDict."""

from collections import OrderedDict

import torch
from torch import nn


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 2, 3, padding=1)
        self.b = nn.Conv2d(2, 3, 3, stride=2, padding=1)

    def forward(self, x):
        levels = OrderedDict()
        levels["fine"] = torch.relu(self.a(x))
        levels["coarse"] = torch.relu(self.b(levels["fine"]))
        return levels  #@ capture-failure: trace; output-structure: script


def build_model():
    torch.manual_seed(0)
    return Backbone().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(1, 1, 4, 4),), "b": (torch.randn(1, 1, 4, 4) * 3,)}
