"""The activation is looked up by its name in a table of functions."""

import torch
from torch import nn
from torch.nn import functional as F

ACTIVATIONS = {"relu": F.relu, "squared": lambda x: F.relu(x) ** 2}


class Feed(nn.Module):
    def __init__(self, activation="squared"):
        super().__init__()
        self.activation = activation
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return ACTIVATIONS[self.activation](self.fc(x))  #@ capture-failure: script


def build_model():
    torch.manual_seed(0)
    return Feed().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 3,)}
