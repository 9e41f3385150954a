"""Dropout and batch norm behave in one way in training and in another in evaluation, and an exporter picks one.

A model that was left in training mode normalises with the statistics of the batch at hand. The ONNX exporters write
the evaluation form, which normalises with the stored averages: the graph is a different function of the same input.
"""

import torch
from torch import nn


class Scorer(nn.Module):
    """Normalise features and score them."""

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(width)
        self.score = nn.Linear(width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.norm(x)
        return self.score(h).sigmoid()


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return Scorer()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {
        "day": (torch.randn(6, 3) + 2,),
        "night": (torch.randn(6, 3) - 2,),
    }
