"""Farthest point sampling of a fixed number of points, each round by tensors alone."""

import torch
from torch import nn


def farthest(points: torch.Tensor, count: int) -> torch.Tensor:
    batch = torch.arange(points.shape[0])
    nearest = torch.full(points.shape[:2], 1e4)
    current = torch.zeros(points.shape[0], dtype=torch.int64)
    picked = []
    for _ in range(count):
        picked.append(current)
        centre = points[batch, current].unsqueeze(1)
        nearest = torch.minimum(nearest, (points - centre).pow(2).sum(-1))
        current = nearest.argmax(-1)
    return torch.stack(picked, dim=1)


class SetAbstraction(nn.Module):
    def __init__(self, centres: int = 4):
        super().__init__()
        self.centres = centres
        self.mlp = nn.Linear(3, 5)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        rows = farthest(points, self.centres)
        chosen = points.gather(1, rows.unsqueeze(-1).expand(-1, -1, 3))
        return self.mlp(chosen).amax(1)


def build_model():
    torch.manual_seed(351)
    return SetAbstraction().eval()


def example_inputs():
    torch.manual_seed(352)
    return {"cloud": (torch.randn(2, 9, 3),), "flat": (torch.randn(2, 9, 3) * torch.tensor([3.0, 1.0, 0.1]),)}
