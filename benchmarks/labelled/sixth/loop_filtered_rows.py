"""Rows with a positive sum are kept by a comprehension."""

import torch
from torch import nn


class Filtered(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x):
        kept = [self.fc(row) * (i + 1) for i, row in enumerate(x) if row.sum() > 0]  #@ baked-branch|unrolled-loop: trace onnx_ts; capture-failure: script export onnx; graph-break: dynamo
        return torch.stack(kept).mean(0)


def build_model():
    torch.manual_seed(0)
    return Filtered().eval()


def example_inputs():
    torch.manual_seed(1)
    return {
        "all": (torch.ones(3, 2),),
        "two": (torch.tensor([[1.0, 1.0], [-1.0, -1.0], [2.0, 2.0]]),),
        "one": (torch.tensor([[-1.0, -1.0], [-2.0, -2.0], [2.0, 1.0]]),),
    }
