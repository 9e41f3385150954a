"""Reverse SDE sampler with an adaptive step: the step is halved or grown by the local error of two drifts."""
import torch
from torch import nn


class Drift(nn.Module):
    def __init__(self, dim: int, hidden: int = 8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(dim + 1, hidden), nn.Softplus(), nn.Linear(hidden, dim))

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return self.net(torch.cat([x, t.expand(x.shape[0], 1)], dim=-1))


class AdaptiveSampler(nn.Module):
    def __init__(self, dim: int = 3, tol: float = 0.05, sigma: float = 0.1):
        super().__init__()
        self.drift = Drift(dim)
        self.tol = tol
        self.sigma = sigma

    def attempt(self, x: torch.Tensor, t: torch.Tensor, h: torch.Tensor):
        k1 = self.drift(x, t)
        k2 = self.drift(x + h * k1, t + h)
        error = 0.5 * h * (k2 - k1).abs().max()
        noise = torch.randn_like(x)  #@ baked-random|numerical-mismatch: onnx_ts
        return x + 0.5 * h * (k1 + k2) + self.sigma * h.sqrt() * noise, error

    def forward(self, x: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
        t = torch.zeros_like(end)
        h = 0.25 * torch.ones_like(end)
        while t < end:  #@ unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            proposal, error = self.attempt(x, t, h)
            accept = error <= self.tol
            x = torch.where(accept, proposal, x)
            t = torch.where(accept, t + h, t)
            h = torch.where(accept, 1.5 * h, 0.5 * h)
        return x


def build_model():
    torch.manual_seed(0)
    return AdaptiveSampler().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(2, 3)
    return {"unit": (x, torch.tensor(1.0)), "brief": (x.clone(), torch.tensor(0.2)), "far": (x * 6, torch.tensor(2.5))}
