"""Anything but float32 is refused by an exception."""

import torch
from torch import nn


class FloatsOnly(nn.Module):
    def forward(self, x):
        if x.dtype != torch.float32:  #@ lost-check|specialised-type: trace export
            raise TypeError("float32 is needed")
        return x * 2 + 1


def build_model():
    torch.manual_seed(0)
    return FloatsOnly().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"float": (torch.ones(3),), "int": (torch.ones(3, dtype=torch.int64),)}
