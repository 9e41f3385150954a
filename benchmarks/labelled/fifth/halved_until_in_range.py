"""The input is halved until nothing is above one."""

import torch
from torch import nn


class RangeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        while x.abs().max() > 1.0:  #@ unrolled-loop|baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            x = x * 0.5
        return self.fc(x)


def build_model():
    torch.manual_seed(0)
    return RangeNet().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.rand(2, 4)
    return {"large": (x * 3,), "huge": (x * 40,), "small": (x * 0.5,)}
