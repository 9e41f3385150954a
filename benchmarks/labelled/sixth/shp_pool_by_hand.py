"""Pooling to four bins: the kernel is worked out from the length."""

import torch
from torch import nn
from torch.nn import functional as F


class FourBins(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        width = int(x.shape[-1] / 4)  #@ baked-constant: trace; baked-constant|specialised-shape: onnx_ts onnx export
        return self.fc(F.max_pool1d(x, kernel_size=width))


def build_model():
    torch.manual_seed(0)
    return FourBins().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"n8": (torch.randn(1, 2, 8),), "n12": (torch.randn(1, 2, 12),)}
