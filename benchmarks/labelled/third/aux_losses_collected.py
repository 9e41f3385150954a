"""Routed layers put their balancing losses into a list that the caller passes through the model."""

from typing import List

import torch
from torch import nn


class Routed(nn.Module):
    def __init__(self, width: int = 4, experts: int = 3):
        super().__init__()
        self.router = nn.Linear(width, experts)
        self.experts = nn.Parameter(torch.randn(experts, width, width) * 0.4)

    def forward(self, x: torch.Tensor, losses: List[torch.Tensor]) -> torch.Tensor:
        share = self.router(x).softmax(-1)
        losses.append(share.mean(0).pow(2).sum())  #@ mutation: trace script export onnx onnx_ts
        return x + torch.einsum("be,bi,eij->bj", share, x, self.experts)


class RoutedStack(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Routed()
        self.second = Routed()

    def forward(self, x: torch.Tensor, losses: List[torch.Tensor]) -> torch.Tensor:
        return self.second(self.first(x, losses), losses)


def build_model():
    torch.manual_seed(575)
    return RoutedStack().eval()


def example_inputs():
    torch.manual_seed(576)
    decay = torch.tensor(0.01)
    return {"a": (torch.randn(2, 4), [decay]), "b": (torch.randn(2, 4) * 3, [decay])}
