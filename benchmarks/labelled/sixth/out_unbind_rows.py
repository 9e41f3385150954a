"""One output for every row of the batch."""

import torch
from torch import nn


class Rows(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        return list(self.fc(x).unbind(0))  #@ output-structure|specialised-shape|unrolled-loop: trace onnx_ts onnx export


def build_model():
    torch.manual_seed(0)
    return Rows().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"two": (torch.randn(2, 3),), "three": (torch.randn(3, 3),)}
