"""A matrix that is not symmetric is made so first."""

import torch
from torch import nn


class Symmetric(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, a):
        if not torch.allclose(a, a.t()):  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            a = (a + a.t()) / 2
        return self.fc(a)


def build_model():
    torch.manual_seed(0)
    return Symmetric().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"symmetric": (torch.eye(3),), "skewed": (torch.arange(9.0).reshape(3, 3),)}
