"""A decorator that raises when the decorated method returns something that is not finite."""

import functools

import torch
from torch import nn


def finite(method):
    @functools.wraps(method)
    def checked(self, *args):
        out = method(self, *args)
        if not torch.isfinite(out).all():  #@ lost-check: trace script onnx_ts; capture-failure: export onnx; graph-break: dynamo
            raise FloatingPointError("the energy is not finite")
        return out

    return checked


class LennardJones(nn.Module):
    def __init__(self):
        super().__init__()
        self.depth = nn.Parameter(torch.tensor(0.8))

    @finite
    def forward(self, distance):
        inverse = (1 / distance) ** 6
        return 4 * self.depth * (inverse**2 - inverse).sum(-1)


def build_model():
    return LennardJones().eval()


def example_inputs():
    return {"apart": (torch.tensor([[1.0, 1.5], [2.0, 1.1]]),), "same": (torch.tensor([[1.0, 0.0], [2.0, 1.1]]),)}
