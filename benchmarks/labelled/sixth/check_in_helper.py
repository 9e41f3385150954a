"""A helper refuses what has no logarithm."""

import torch
from torch import nn


def positive(x):
    if (x <= 0).any():  #@ lost-check: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
        raise ValueError("positive values are needed")
    return x


class LogMean(nn.Module):
    def forward(self, x):
        return positive(x).log().mean(-1)


def build_model():
    torch.manual_seed(0)
    return LogMean().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"ok": (torch.tensor([1.0, 2.0]),), "zero": (torch.tensor([0.0, 2.0]),)}
