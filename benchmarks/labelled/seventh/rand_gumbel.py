"""A category drawn by the Gumbel trick."""

import torch
from torch import nn
from torch.nn import functional as F


class Sampled(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 5)

    def forward(self, x):
        return F.gumbel_softmax(self.fc(x), tau=0.5)  #@ baked-random|numerical-mismatch: onnx; capture-failure: onnx_ts


def build_model():
    torch.manual_seed(0)
    return Sampled().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(4, 3),), "b": (torch.randn(4, 3) * 3,)}
