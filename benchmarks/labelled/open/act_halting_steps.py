"""Adaptive computation time: steps are taken until every position's halting probability is used up."""

import torch
from torch import nn


class ACTCell(nn.Module):
    def __init__(self, width: int = 6, enough: float = 0.95, most: int = 8):
        super().__init__()
        self.enough, self.most = enough, most
        self.step = nn.Linear(width, width)
        self.halt = nn.Linear(width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        used = torch.zeros(x.shape[0], 1)
        mixed = torch.zeros_like(x)
        steps = 0
        while bool((used < self.enough).any()) and steps < self.most:  #@ unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            x = torch.tanh(self.step(x))
            share = torch.minimum(torch.sigmoid(self.halt(x)), 1 - used)
            mixed = mixed + share * x
            used = used + share
            steps += 1
        return mixed


def build_model():
    torch.manual_seed(33)
    model = ACTCell()
    with torch.no_grad():
        model.step.weight.mul_(2.5)
        model.halt.weight.mul_(6)
    return model.eval()


def example_inputs():
    torch.manual_seed(34)
    return {"one": (torch.randn(1, 6),), "two": (torch.randn(1, 6) * 3,), "three": (torch.randn(1, 6) - 2,), "four": (torch.randn(1, 6) + 2,)}
