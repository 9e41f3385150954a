"""Coupled oscillators integrated by a fixed number of Runge-Kutta steps; its one exit is a clamp."""
import torch
from torch import nn


class Field(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.couple = nn.Linear(dim, dim, bias=False)
        self.damping = nn.Parameter(torch.tensor(0.1))

    def forward(self, position, velocity):
        return velocity, -torch.tanh(self.couple(position)) - self.damping * velocity


class Integrator(nn.Module):
    def __init__(self, dim: int = 4, steps: int = 3, dt: float = 0.1, limit: float = 2.5):
        super().__init__()
        self.field = Field(dim)
        self.steps = steps
        self.dt = dt
        self.limit = limit

    def step(self, position, velocity):
        dx1, dv1 = self.field(position, velocity)
        dx2, dv2 = self.field(position + 0.5 * self.dt * dx1, velocity + 0.5 * self.dt * dv1)
        return position + self.dt * dx2, velocity + self.dt * dv2

    def forward(self, position, velocity):
        energy = (velocity * velocity).sum(dim=-1)
        for number in range(self.steps):
            position, velocity = self.step(position, velocity)
            if number == self.steps - 1:
                energy = (velocity * velocity).sum(dim=-1) - energy
        return position.clamp(-self.limit, self.limit), velocity, energy


def build_model():
    torch.manual_seed(0)
    return Integrator().eval()


def example_inputs():
    torch.manual_seed(23)
    return {"calm": (torch.randn(3, 4), torch.zeros(3, 4)), "wild": (torch.randn(3, 4) * 4, torch.randn(3, 4) * 2)}
