"""Conjugate gradients inside a layer: left when the residual is small or the curvature is not positive."""

import torch
from torch import nn


class SolveLayer(nn.Module):
    def __init__(self, size: int = 4, most: int = 4, tolerance: float = 1e-2):
        super().__init__()
        self.most, self.tolerance = most, tolerance
        self.rhs = nn.Linear(size, size)

    def forward(self, a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        b = self.rhs(x)
        solution = torch.zeros_like(b)
        residual = direction = b
        steps = 0
        while steps < self.most:
            size = residual @ residual
            if size < self.tolerance:  #@ baked-branch|unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                break
            curvature = direction @ a @ direction
            if curvature <= 0:  #@ baked-branch|unrolled-loop: trace onnx_ts
                break
            step = size / curvature
            solution = solution + step * direction
            residual = residual - step * (a @ direction)
            direction = residual + (residual @ residual) / size * direction
            steps += 1
        return solution


def build_model():
    torch.manual_seed(505)
    return SolveLayer().eval()


def example_inputs():
    torch.manual_seed(506)
    x = torch.randn(4) * 2
    return {
        "stiff": (torch.diag(torch.tensor([1.0, 3.0, 9.0, 27.0])), x),
        "round": (torch.eye(4) * 2, x),
        "saddle": (torch.diag(torch.tensor([1.0, -9.0, -9.0, 2.0])), x),
    }
