"""A flag is up while the layer is at work, and a finally takes it down."""

import torch
from torch import nn


class Guarded(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.busy = False

    def forward(self, x):
        try:  #@ capture-failure: script
            self.busy = True
            return self.fc(x).relu()
        finally:
            self.busy = False


def build_model():
    torch.manual_seed(0)
    return Guarded().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3) * 4,)}
