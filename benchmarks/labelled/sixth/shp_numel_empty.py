"""A batch without any rows has an answer of its own."""

import torch
from torch import nn


class Mean(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)
        self.nothing = nn.Parameter(torch.ones(2))

    def forward(self, x):
        if x.numel() == 0:  #@ baked-branch|specialised-shape: trace onnx_ts onnx export
            return self.nothing * 1.0
        return self.fc(x).mean(0)


def build_model():
    torch.manual_seed(0)
    return Mean().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"some": (torch.randn(4, 3),), "none": (torch.zeros(0, 3),)}
