"""The hidden state is appended to a list that the caller passes."""

from typing import List

import torch
from torch import nn


class Recorded(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 4)
        self.b = nn.Linear(4, 2)

    def forward(self, x, seen: List[torch.Tensor]):
        h = torch.tanh(self.a(x))
        seen.append(h)  #@ mutation: trace script export onnx onnx_ts
        return self.b(h)


def build_model():
    torch.manual_seed(0)
    return Recorded().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3), [torch.zeros(2, 4)]), "b": (torch.randn(2, 3) * 3, [torch.ones(2, 4)])}
