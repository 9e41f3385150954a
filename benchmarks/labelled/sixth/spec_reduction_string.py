"""A string argument with a default says how to pool."""

import torch
from torch import nn


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x, how: str = "mean"):
        h = self.fc(x)
        if how == "mean":  #@ specialised-type|baked-branch: trace onnx_ts onnx export
            return h.mean(0)
        return h.amax(0)


def build_model():
    torch.manual_seed(0)
    return Pool().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"mean": (torch.randn(4, 3),), "max": (torch.randn(4, 3), "max")}
