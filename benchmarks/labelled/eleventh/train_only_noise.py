"""An autoencoder that draws, drops and counts, but only while it is trained; deployed, none of that happens."""
import random

import torch
import torch.nn.functional as F
from torch import nn


class GaussianNoise(nn.Module):
    def __init__(self, sigma: float):
        super().__init__()
        self.sigma = sigma

    def forward(self, x):
        if not self.training or self.sigma == 0:
            return x
        return x + self.sigma * torch.randn_like(x)


class RunningScale(nn.Module):
    scale: torch.Tensor

    def __init__(self, momentum: float = 0.1):
        super().__init__()
        self.momentum = momentum
        self.register_buffer("scale", torch.tensor(1.5))

    def forward(self, x):
        if self.training:
            self.scale.lerp_(x.detach().abs().mean(), self.momentum)
        return x / self.scale.clamp_min(1e-3)


class DenoisingAutoencoder(nn.Module):
    def __init__(self, dim: int = 8, code: int = 3):
        super().__init__()
        self.p = random.Random(4).choice([0.1, 0.2, 0.3])  # noqa: S311
        self.scale = RunningScale()
        self.noise = GaussianNoise(0.2)
        self.encode = nn.Linear(dim, code)
        self.decode = nn.Linear(code, dim)

    def forward(self, x):
        z = self.noise(self.scale(x))
        z = F.dropout(torch.tanh(self.encode(z)), self.p, self.training)
        out = self.decode(z) * self.scale.scale
        return out, (out - x).square().mean(-1)


def build_model():
    torch.manual_seed(0)
    return DenoisingAutoencoder().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"first": (torch.randn(4, 8),), "second": (torch.randn(4, 8) * 5,), "third": (torch.randn(4, 8) - 3,)}
