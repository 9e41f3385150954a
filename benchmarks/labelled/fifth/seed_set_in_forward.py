"""The seed is set in forward, so that every call masks the same entries."""

import torch
from torch import nn


class FixedMask(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        torch.manual_seed(7)  #@ baked-random|baked-state: trace export onnx onnx_ts; graph-break: dynamo
        keep = torch.rand_like(x) > 0.5
        return self.fc(x * keep)


def build_model():
    torch.manual_seed(0)
    return FixedMask().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 6),), "b": (torch.randn(2, 6),)}
