"""A constant-velocity Kalman filter: predict, gate by squared Mahalanobis distance, update."""
from typing import NamedTuple

import torch
from torch import nn


class Track(NamedTuple):
    mean: torch.Tensor
    cov: torch.Tensor


class ConstantVelocity(nn.Module):
    def __init__(self, dt: float = 0.1, q: float = 0.05, r: float = 0.2, gate: float = 9.0):
        super().__init__()
        self.gate = gate
        self.log_r = nn.Parameter(torch.tensor(r).log())
        self.register_buffer("F", torch.tensor([[1.0, dt], [0.0, 1.0]]))
        self.register_buffer("H", torch.tensor([[1.0, 0.0]]))
        self.register_buffer("Q", q * torch.tensor([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]))

    def predict(self, mean, cov):
        return self.F @ mean, self.F @ cov @ self.F.t() + self.Q

    def innovation(self, mean, cov, z):
        y = z - self.H @ mean
        s = self.H @ cov @ self.H.t() + self.log_r.exp()
        return y, s

    def forward(self, mean, cov, z):
        mean, cov = self.predict(mean, cov)
        y, s = self.innovation(mean, cov, z)
        inside = (y * y / s).squeeze() <= self.gate
        if inside:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            k = cov @ self.H.t() / s
            mean = mean + k @ y
            joseph = torch.eye(2) - k @ self.H
            cov = joseph @ cov @ joseph.t() + k @ k.t() * self.log_r.exp()
        return Track(mean, cov)  #@ output-structure: trace script


def build_model():
    return ConstantVelocity().eval()


def example_inputs():
    mean = torch.tensor([[1.0], [0.5]])
    cov = torch.tensor([[0.4, 0.1], [0.1, 0.3]])
    return {
        "inlier": (mean, cov, torch.tensor([[1.3]])),
        "outlier": (mean, cov, torch.tensor([[9.0]])),
    }
