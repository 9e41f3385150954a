"""The rows of a batch in a random order."""

import torch
from torch import nn


class Shuffled(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        order = torch.randperm(8)  #@ capture-failure: onnx_ts onnx
        return self.fc(x[order] - x)


def build_model():
    torch.manual_seed(0)
    return Shuffled().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(8, 3),), "b": (torch.randn(8, 3) * 3,)}
