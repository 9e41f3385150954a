"""A batch as a NamedTuple whose weights may be missing."""

from typing import NamedTuple, Optional

import torch
from torch import nn


class Batch(NamedTuple):
    values: torch.Tensor
    weights: Optional[torch.Tensor]


class WeightedPool(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.fc = nn.Linear(width, width)

    def forward(self, batch: Batch) -> torch.Tensor:
        hidden = self.fc(batch.values).relu()  #@ capture-failure: trace onnx_ts
        weights = batch.weights
        if weights is None:  #@ specialised-type: export onnx
            return hidden.mean(1)
        share = weights / weights.sum(1, keepdim=True)
        return (hidden * share.unsqueeze(-1)).sum(1)


def build_model():
    torch.manual_seed(347)
    return WeightedPool().eval()


def example_inputs():
    torch.manual_seed(348)
    values = torch.randn(2, 3, 4)
    return {"weighted": (Batch(values, torch.rand(2, 3)),), "plain": (Batch(values, None),)}
