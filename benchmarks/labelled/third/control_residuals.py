"""A network that takes any number of residuals from adapters, none by default, and adds them to its layers."""

import torch
from torch import nn


class Adaptable(nn.Module):
    def __init__(self, width: int = 4, depth: int = 3):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))

    def forward(self, x, residuals=None):
        extra = list(residuals or [])  #@ specialised-type|unrolled-loop|baked-branch: trace export onnx onnx_ts; capture-failure: script
        for layer in self.layers:
            x = layer(x).tanh()
            if extra:
                x = x + extra.pop(0)
        return x


def build_model():
    torch.manual_seed(529)
    return Adaptable().eval()


def example_inputs():
    torch.manual_seed(530)
    x, first, second = torch.randn(2, 4), torch.randn(2, 4), torch.randn(2, 4)
    return {"two": (x, [first, second]), "one": (x, [first]), "none": (x,)}
