"""Functional batch norm that is told to train, whatever the mode of the model."""

import torch
from torch import nn
from torch.nn import functional as F


class TrainsAlways(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("var", torch.ones(3))

    def forward(self, x):
        return F.batch_norm(self.fc(x), self.mean, self.var, training=True)  #@ baked-mode|numerical-mismatch: onnx


def build_model():
    torch.manual_seed(0)
    return TrainsAlways().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(4, 3),), "b": (torch.randn(4, 3) * 5 + 2,)}
