"""A loss that takes the weights out of the batch, so that what remains are the features."""

from typing import Dict

import torch
from torch import nn


class WeightedLoss(nn.Module):
    def __init__(self, width: int = 3):
        super().__init__()
        self.predict = nn.Linear(width, 1)

    def forward(self, batch: Dict[str, torch.Tensor]) -> torch.Tensor:
        weights = batch.pop("weights")  #@ mutation: trace script export onnx onnx_ts
        error = self.predict(batch["features"]).squeeze(-1) - batch["target"]
        return (weights * error.pow(2)).sum() / weights.sum()


def build_model():
    torch.manual_seed(729)
    return WeightedLoss().eval()


def example_inputs():
    torch.manual_seed(730)
    return {
        name: ({"features": torch.randn(4, 3), "target": torch.randn(4), "weights": torch.rand(4)},)
        for name in ("monday", "tuesday")
    }
