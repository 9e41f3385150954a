"""Average pooling whose last window hangs over the edge."""

import torch
from torch import nn


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True)

    def forward(self, x):
        return self.pool(x) * 2


def build_model():
    torch.manual_seed(0)
    return Pooled().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(1, 1, 6, 6),), "ones": (torch.ones(1, 1, 6, 6),)}
