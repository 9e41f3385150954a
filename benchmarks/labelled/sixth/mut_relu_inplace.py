"""The activation in front works in place, on the caller's tensor."""

import torch
from torch import nn
from torch.nn import functional as F


class PreActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 3, 3, padding=1)

    def forward(self, x):
        h = F.relu(x, inplace=True)  #@ mutation: onnx_ts onnx
        return self.conv(h) + x.mean()


def build_model():
    torch.manual_seed(0)
    return PreActivation().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(1, 2, 5),), "b": (torch.randn(1, 2, 5) * 3,)}
