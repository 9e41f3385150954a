"""A classifier whose result has names: a dataclass with the scores and what they were made of."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Classified:
    scores: torch.Tensor
    pooled: torch.Tensor


class Classifier(nn.Module):
    def __init__(self, width: int = 5, classes: int = 3):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens: torch.Tensor) -> Classified:
        pooled = self.norm(tokens).mean(1)
        return Classified(scores=self.head(pooled), pooled=pooled)  #@ capture-failure|output-structure: trace script export onnx onnx_ts


def build_model():
    torch.manual_seed(325)
    return Classifier().eval()


def example_inputs():
    torch.manual_seed(326)
    return {"a": (torch.randn(2, 4, 5),), "b": (torch.randn(2, 4, 5) * 3,)}
