"""A forward pre-hook guards a layer against large inputs: what exceeds the limit is scaled down before it."""

import torch
from torch import nn

LIMIT = 3.0


def tame(_module, inputs):
    (x,) = inputs
    largest = x.abs().amax()
    if largest > LIMIT:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
        return (x * (LIMIT / largest),)
    return None


def guarded(layer):
    layer.register_forward_pre_hook(tame)  #@ capture-failure: script
    return layer


class Guarded(nn.Module):
    def __init__(self, width: int = 6):
        super().__init__()
        self.first = nn.Linear(width, width)
        self.second = guarded(nn.Linear(width, 2))

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def build_model():
    torch.manual_seed(327)
    return Guarded().eval()


def example_inputs():
    torch.manual_seed(328)
    x = torch.randn(3, 6)
    return {"calm": (x,), "loud": (x * 20,), "quiet": (x * 0.1,)}
