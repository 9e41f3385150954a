"""A buffer counts the steps, and after two of them the output is damped."""

import torch
from torch import nn


class Damped(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.register_buffer("steps", torch.tensor(0))

    def forward(self, x):
        self.steps += 1  #@ baked-state|mutation: onnx_ts
        y = self.fc(x)
        if self.steps > 2:  #@ baked-branch|baked-state: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            y = y * 0.1
        return y


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return Damped().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"s{i}": (torch.ones(1, 3),) for i in range(4)}
