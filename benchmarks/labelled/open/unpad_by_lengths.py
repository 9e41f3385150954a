"""Padding is cut off each sequence by its length, so that a pooled vector never sees it."""

import torch
from torch import nn


class MaxOverTime(nn.Module):
    def __init__(self, width: int = 5):
        super().__init__()
        self.fc = nn.Linear(width, width)

    def forward(self, batch: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        hidden = self.fc(batch)
        pooled = []
        for row, length in zip(hidden, lengths.tolist()):  #@ baked-constant: trace onnx_ts; capture-failure: script; graph-break: dynamo
            pooled.append(row[:length].amax(0))
        return torch.stack(pooled)


def build_model():
    torch.manual_seed(27)
    return MaxOverTime().eval()


def example_inputs():
    torch.manual_seed(28)
    batch = torch.randn(3, 6, 5)
    return {
        "long": (batch, torch.tensor([6, 5, 4])),
        "short": (batch, torch.tensor([2, 1, 3])),
    }
