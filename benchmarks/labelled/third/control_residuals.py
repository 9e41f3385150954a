"""A network that takes any number of residuals from adapters, none by default, and adds them to its features."""

import torch
from torch import nn


class Adaptable(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.down = nn.Linear(width, width)
        self.up = nn.Linear(width, 2)
        self.gain = nn.Parameter(torch.full((width,), 0.7))

    def forward(self, x, residuals=None):
        x = self.down(x).tanh()
        for residual in residuals or []:  #@ specialised-type|unrolled-loop|baked-branch: trace export onnx onnx_ts; capture-failure: script
            x = x + self.gain * residual
        return self.up(x)


def build_model():
    torch.manual_seed(529)
    return Adaptable().eval()


def example_inputs():
    torch.manual_seed(530)
    x, first, second = torch.randn(2, 4), torch.randn(2, 4), torch.randn(2, 4)
    return {"two": (x, [first, second]), "one": (x, [first]), "none": (x,)}
