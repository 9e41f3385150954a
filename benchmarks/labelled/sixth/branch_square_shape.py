"""A square input also has its transpose added."""

import torch
from torch import nn


class Square(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        if x.shape[0] == x.shape[1]:  #@ baked-branch|specialised-shape: trace export onnx onnx_ts
            x = x + x.t()
        return self.fc(x)


def build_model():
    torch.manual_seed(0)
    return Square().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"square": (torch.randn(3, 3),), "wide": (torch.randn(2, 3),)}
