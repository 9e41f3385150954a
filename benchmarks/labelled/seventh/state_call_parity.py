"""Every second call goes through the other layer."""

import torch
from torch import nn


class Alternating(nn.Module):
    def __init__(self):
        super().__init__()
        self.even = nn.Linear(3, 2)
        self.odd = nn.Linear(3, 2)
        self.calls = 0

    def forward(self, x):
        self.calls += 1  #@ baked-state: onnx_ts onnx export; baked-state|capture-failure: trace
        if self.calls % 2 == 0:  #@ baked-state|baked-branch: onnx_ts onnx export; baked-state|baked-branch|capture-failure: trace
            return self.even(x)
        return self.odd(x)


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return Alternating().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"s{i}": (torch.ones(1, 3),) for i in range(3)}
