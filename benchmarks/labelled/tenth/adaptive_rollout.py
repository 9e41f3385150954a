"""A learned pendulum rolled out by Heun's method; a step whose error is too large is halved and tried again."""
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class SolverConfig:
    horizon: float = 1.0
    first_step: float = 0.5
    tol: float = 0.02
    shrink: float = 0.5
    grow: float = 1.5


class Dynamics(nn.Module):
    def __init__(self):
        super().__init__()
        self.friction = nn.Parameter(torch.tensor(0.15))
        self.residual = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 2))

    def forward(self, state):
        theta, omega = state.unbind(-1)
        known = torch.stack([omega, -9.81 * torch.sin(theta) - self.friction * omega], dim=-1)
        return known + 0.1 * self.residual(state)


class Rollout(nn.Module):
    def __init__(self, config: SolverConfig):
        super().__init__()
        self.dynamics = Dynamics()
        self.horizon = config.horizon
        self.first_step = config.first_step
        self.tol = config.tol
        self.shrink = config.shrink
        self.grow = config.grow

    def forward(self, state):
        t = 0.0
        h = self.first_step
        while t < self.horizon - 1e-6:  #@ unrolled-loop: trace onnx_ts
            h = min(h, self.horizon - t)
            k1 = self.dynamics(state)
            euler = state + h * k1
            heun = state + 0.5 * h * (k1 + self.dynamics(euler))
            error = (heun - euler).abs().max()
            if error > self.tol:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                h = h * self.shrink
            else:
                state = heun
                t = t + h
                h = h * self.grow
        return state


def build_model():
    torch.manual_seed(0)
    return Rollout(SolverConfig()).eval()


def example_inputs():
    return {"calm": (torch.tensor([0.02, 0.0]),), "swinging": (torch.tensor([0.4, 0.3]),)}
