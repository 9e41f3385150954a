"""A list of views of one object, as many as there are."""

from typing import List

import torch
from torch import nn


class Views(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, views: List[torch.Tensor]):
        total = torch.zeros(2)
        for view in views:  #@ unrolled-loop|specialised-type|specialised-shape: trace onnx_ts onnx export
            total = total + self.fc(view)
        return total


def build_model():
    torch.manual_seed(0)
    return Views().eval()


def example_inputs():
    torch.manual_seed(1)
    a, b, c = torch.randn(3, 3)
    return {"two": ([a, b],), "three": ([a, b, c],)}
