"""A mean, and over how many rows as a Python number."""

import torch
from torch import nn


class MeanAndCount(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, rows):
        mean = self.fc(rows).mean(0)
        return mean, rows.shape[0]  #@ output-structure: trace onnx_ts; capture-failure: onnx


def build_model():
    torch.manual_seed(0)
    return MeanAndCount().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(4, 3),), "b": (torch.randn(4, 3) + 2,)}
