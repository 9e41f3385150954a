"""The sum is written to a tensor that the caller brings."""

import torch
from torch import nn


class Into(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))

    def forward(self, x, total):
        torch.add(x, self.bias, out=total)  #@ mutation: onnx; capture-failure: onnx_ts
        return total * 2


def build_model():
    torch.manual_seed(0)
    return Into().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3), torch.zeros(2, 3)), "b": (torch.randn(2, 3), torch.ones(2, 3))}
