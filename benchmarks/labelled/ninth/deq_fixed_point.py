"""Deep equilibrium layer: iterate the cell until it settles, with damping."""
import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.inner = nn.Linear(dim, dim, bias=False)
        self.inject = nn.Linear(dim, dim)
        with torch.no_grad():
            self.inner.weight.mul_(1.2)

    def forward(self, z: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(self.inner(z) + self.inject(x))


class FixedPoint(nn.Module):
    def __init__(self, cell: nn.Module, tol: float = 1e-2, max_iter: int = 40, damping: float = 0.9):
        super().__init__()
        self.cell = cell
        self.tol = tol
        self.max_iter = max_iter
        self.damping = damping

    def forward(self, x: torch.Tensor):
        z = torch.zeros_like(x)
        residual = torch.ones_like(x).sum()
        steps = 0
        while residual > self.tol and steps < self.max_iter:  #@ unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            new = self.cell(z, x)
            residual = (new - z).norm() / (new.norm() + 1e-8)
            z = (1 - self.damping) * z + self.damping * new
            steps += 1
        return z


class DEQClassifier(nn.Module):
    def __init__(self, dim: int = 6, classes: int = 3):
        super().__init__()
        self.solver = FixedPoint(Cell(dim))
        self.head = nn.Linear(dim, classes)

    def forward(self, x: torch.Tensor):
        return self.head(self.solver(x))


def build_model():
    torch.manual_seed(0)
    return DEQClassifier().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(2, 6)
    return {"saturated": (x * 8,), "soft": (x * 0.05,)}
