"""Mixture of depths: a router lets only the highest-scored tokens through a block, the others pass by."""
from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass(frozen=True)
class MoDConfig:
    dim: int = 12
    hidden: int = 20
    block_size: int = 8
    ratios: tuple = field(default=(0.5, 1.0, 0.25))

    def capacity(self, layer: int) -> int:
        return max(1, int(self.block_size * self.ratios[layer]))


class Block(nn.Module):
    def __init__(self, cfg: MoDConfig):
        super().__init__()
        self.norm = nn.LayerNorm(cfg.dim)
        self.up = nn.Linear(cfg.dim, cfg.hidden)
        self.down = nn.Linear(cfg.hidden, cfg.dim)

    def forward(self, x):
        return self.down(torch.relu(self.up(self.norm(x))))


class RoutedBlock(nn.Module):
    def __init__(self, cfg: MoDConfig, layer: int):
        super().__init__()
        self.capacity = cfg.capacity(layer)
        self.router = nn.Linear(cfg.dim, 1, bias=False)
        self.block = Block(cfg)

    def forward(self, x):
        weights = self.router(x).squeeze(-1)
        top, index = weights.topk(self.capacity, dim=1)
        index = index.unsqueeze(-1).expand(-1, -1, x.shape[-1])
        chosen = x.gather(1, index)
        update = self.block(chosen) * torch.sigmoid(top).unsqueeze(-1)
        return x.scatter_add(1, index, update)


class MoD(nn.Module):
    def __init__(self, cfg: MoDConfig):
        super().__init__()
        self.layers = nn.ModuleList(RoutedBlock(cfg, i) for i in range(len(cfg.ratios)))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def build_model():
    torch.manual_seed(0)
    return MoD(MoDConfig()).eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 8, 12),), "b": (torch.randn(2, 8, 12) * 4,), "c": (torch.randn(2, 8, 12).exp(),)}
