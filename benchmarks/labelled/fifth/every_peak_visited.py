"""A loop over the places where a signal is above a threshold."""

import torch
from torch import nn


class Peaks(nn.Module):
    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.tensor([0.25, 0.5, 0.25]))

    def forward(self, signal):
        total = torch.zeros(3)
        for at in (signal[1:-1] > 0.8).nonzero().flatten().tolist():  #@ unrolled-loop: trace onnx_ts; capture-failure: script export onnx; graph-break: dynamo
            total = total + signal[at : at + 3] * self.kernel
        return total


def build_model():
    torch.manual_seed(0)
    return Peaks().eval()


def example_inputs():
    two = torch.tensor([0.1, 0.9, 0.2, 0.3, 1.0, 0.4, 0.1, 0.2])
    return {"two": (two,), "elsewhere": (two.flip(0),), "four": (torch.tensor([0.0, 0.9, 0.2, 1.0, 0.9, 0.1, 0.95, 0.3]),)}
