"""A list of tensors of any length is folded into one."""

from typing import List

import torch
from torch import nn


class Folded(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, parts: List[torch.Tensor]):
        out = torch.zeros(1, 3)
        for part in parts:  #@ unrolled-loop|specialised-type|specialised-shape: trace export onnx onnx_ts
            out = out * 0.5 + self.fc(part)
        return out


def build_model():
    torch.manual_seed(0)
    return Folded().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"n{n}": ([torch.randn(1, 3) for _ in range(n)],) for n in (2, 3)}
