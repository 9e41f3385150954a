"""features together with their number as a Python int"""
import torch
from torch import nn


class M(nn.Module):
    def forward(self, x):
        return x.cumsum(0), x.size(0)  #@ output-structure: trace; capture-failure: onnx


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(3, 2),), "b": (torch.randn(3, 2),)}
