"""A loop that a number of the configuration ends, not the data."""

import torch
from torch import nn
from torch.nn import functional as F


class Downsample(nn.Module):
    def __init__(self, stride: int = 8):
        super().__init__()
        self.stride = stride
        self.conv = nn.Conv1d(1, 1, 3, padding=1)

    def forward(self, x):
        left = self.stride
        while left > 1:
            x = F.avg_pool1d(self.conv(x), 2)
            left = left // 2
        return x


def build_model():
    torch.manual_seed(0)
    return Downsample().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(1, 1, 16),), "b": (torch.randn(1, 1, 16) * 5,)}
