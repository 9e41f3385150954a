"""Optimal-transport matching of two point sets: Sinkhorn iterations until the row sums settle."""
import torch
from torch import nn


def squared_distances(a, b):
    return (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(dim=-1)


class SinkhornMatcher(nn.Module):
    def __init__(self, dim: int = 4, epsilon: float = 0.5, tolerance: float = 1e-2, max_iterations: int = 60):
        super().__init__()
        self.epsilon = epsilon
        self.tolerance = tolerance
        self.max_iterations = max_iterations
        self.project = nn.Linear(dim, dim)

    def plan(self, cost):
        kernel = torch.exp(-cost / self.epsilon)
        rows = torch.full_like(cost[:, 0], 1.0 / cost.size(0))
        columns = torch.full_like(cost[0], 1.0 / cost.size(1))
        u, v = torch.ones_like(rows), torch.ones_like(columns)
        error = torch.ones_like(rows[0])
        iterations = 0
        while error > self.tolerance and iterations < self.max_iterations:  #@ unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            u = rows / (kernel @ v + 1e-12)
            v = columns / (kernel.t() @ u + 1e-12)
            error = ((u * (kernel @ v)) - rows).abs().sum()
            iterations += 1
        return u.unsqueeze(1) * kernel * v.unsqueeze(0)

    def forward(self, source, target):
        source, target = self.project(source), self.project(target)
        cost = squared_distances(source, target)
        plan = self.plan(cost / cost.mean())
        return plan, (plan * cost).sum()  #@ numerical-mismatch: onnx_ts


def build_model():
    torch.manual_seed(0)
    return SinkhornMatcher().eval()


def example_inputs():
    torch.manual_seed(5)
    near = torch.randn(5, 4)
    return {
        "near": (near, near + 0.05 * torch.randn(5, 4)),
        "far": (torch.randn(5, 4) * 3, torch.randn(5, 4) * 3 + 2),
        "one_outlier": (near, torch.cat([near[:4], near[4:] + 9.0])),
    }
