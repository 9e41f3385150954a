"""A residual network in training that skips whole blocks at random (stochastic depth), drawn with Python's random."""
import random

import torch
from torch import nn


def linear_schedule(depth: int, last: float):
    return [last * (i + 1) / depth for i in range(depth)]


class ResidualBlock(nn.Module):
    def __init__(self, dim: int, drop: float):
        super().__init__()
        self.drop = drop
        self.norm = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def skipped(self) -> bool:
        return self.training and random.random() < self.drop  # noqa: S311  #@ baked-random|capture-failure: trace; baked-random: export onnx; capture-failure: script; graph-break: dynamo

    def forward(self, x):
        if self.skipped():
            return x
        scale = 1.0 / (1.0 - self.drop) if self.training else 1.0  #@ baked-mode: onnx_ts
        return x + scale * self.mlp(self.norm(x))


class StochasticDepthNet(nn.Module):
    def __init__(self, dim=6, depth=4, last=0.6):
        super().__init__()
        self.blocks = nn.ModuleList([ResidualBlock(dim, p) for p in linear_schedule(depth, last)])
        self.head = nn.Linear(dim, 3)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return StochasticDepthNet().train()


def example_inputs():
    torch.manual_seed(1)
    return {f"step {i}": (torch.randn(3, 6),) for i in range(4)}
