"""Blocks are registered under a name by a decorator, and a configuration says which a model is made of."""

import torch
from torch import nn

BLOCKS = {}


def register(name):
    def keep(cls):
        BLOCKS[name] = cls
        return cls

    return keep


class Residual(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner = self.make_inner(width)

    def make_inner(self, width: int) -> nn.Module:
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.inner(self.norm(x))


@register("mlp")
class MLP(Residual):
    def make_inner(self, width: int) -> nn.Module:
        return nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))


@register("gate")
class Gate(Residual):
    def make_inner(self, width: int) -> nn.Module:
        return nn.Sequential(nn.Linear(width, 2 * width), nn.GLU(dim=-1))


def build_model():
    torch.manual_seed(365)
    return nn.Sequential(*[BLOCKS[name](6) for name in ("mlp", "gate", "mlp")]).eval()


def example_inputs():
    torch.manual_seed(366)
    return {"a": (torch.randn(2, 6),), "b": (torch.randn(2, 6) * 10,)}
