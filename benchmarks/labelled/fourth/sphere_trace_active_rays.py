"""Sphere tracing: rays that have not met the surface go on, and the march ends when all have."""

import torch
from torch import nn


class SphereTracer(nn.Module):
    def __init__(self, steps: int = 12, near: float = 1e-2):
        super().__init__()
        self.steps, self.near = steps, near
        self.radius = nn.Parameter(torch.tensor(1.0))

    def distance(self, points: torch.Tensor) -> torch.Tensor:
        return points.pow(2).sum(-1).sqrt() - self.radius

    def forward(self, origins: torch.Tensor, directions: torch.Tensor) -> torch.Tensor:
        depth = torch.zeros(origins.shape[0])
        active = torch.ones(origins.shape[0], dtype=torch.bool)
        for _ in range(self.steps):
            gap = self.distance(origins + depth.unsqueeze(-1) * directions)
            depth[active] += gap[active]  #@ graph-break: dynamo
            active = active & (gap > self.near)
            if not active.any():  #@ baked-branch|unrolled-loop: trace onnx_ts; capture-failure: export onnx
                break
        return depth


def build_model():
    return SphereTracer().eval()


def example_inputs():
    origins = torch.tensor([[0.0, 0.0, -3.0], [0.2, 0.0, -3.0], [0.0, 0.5, -3.0]])
    directions = torch.tensor([[0.0, 0.0, 1.0]]).expand(3, 3).contiguous()
    return {"near": (origins, directions), "beside": (origins + torch.tensor([0.45, 0.0, 0.0]), directions)}
