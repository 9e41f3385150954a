"""Two log weights are added in log space, also those whose exponential is too large."""

import torch
from torch import nn


class Merge(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias = nn.Parameter(torch.tensor(0.5))

    def forward(self, a, b):
        return torch.logaddexp(a + self.bias, b)  #@ numerical-mismatch: onnx; capture-failure: onnx_ts


def build_model():
    torch.manual_seed(0)
    return Merge().eval()


def example_inputs():
    torch.manual_seed(1)
    return {
        "small": (torch.tensor([0.0, 1.0]), torch.tensor([2.0, -1.0])),
        "large": (torch.tensor([200.0, 1.0]), torch.tensor([199.0, 150.0])),
    }
