"""The layer's name is formatted from the number of rows."""

import torch
from torch import nn


class BySize(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"rows2": nn.Linear(3, 2), "rows4": nn.Linear(3, 2)})

    def forward(self, x):
        name = f"rows{x.shape[0]}"  #@ baked-constant|baked-branch|specialised-shape: trace export onnx onnx_ts
        return self.layers[name](x)  #@ capture-failure: script


def build_model():
    torch.manual_seed(0)
    return BySize().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"two": (torch.randn(2, 3),), "four": (torch.randn(4, 3),)}
