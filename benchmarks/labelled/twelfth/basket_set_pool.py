"""Set pooling with padding: rows without any member are caught by where(), not by a branch."""
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class PoolConfig:
    dim: int = 6
    heads: int = 2
    scaled: bool = True


class SetPool(nn.Module):
    def __init__(self, config: PoolConfig):
        super().__init__()
        self.score = nn.Linear(config.dim, config.heads)
        self.value = nn.Linear(config.dim, config.dim)
        self.empty = nn.Parameter(torch.zeros(config.dim))
        self.scale = config.dim**-0.5 if config.scaled else 1.0

    def forward(self, members, present):
        scores = self.score(members) * self.scale
        scores = scores.masked_fill(~present.unsqueeze(-1), -1e9)
        weights = scores.softmax(dim=1) * present.unsqueeze(-1).to(scores.dtype)
        pooled = torch.einsum("bnh,bnd->bhd", weights, self.value(members)).mean(dim=1)
        some = present.any(dim=1, keepdim=True)
        return torch.where(some, pooled, self.empty)


class BasketModel(nn.Module):
    def __init__(self, items: int = 12):
        super().__init__()
        config = PoolConfig()
        self.embed = nn.Embedding(items, config.dim, padding_idx=0)
        self.pool = SetPool(config)

    def forward(self, items):
        present = items != 0
        return self.pool(self.embed(items), present) @ self.embed.weight.t()


def build_model():
    torch.manual_seed(0)
    return BasketModel().eval()


def example_inputs():
    return {
        "usual": (torch.tensor([[3, 5, 0, 0], [1, 2, 9, 11]]),),
        "one_empty": (torch.tensor([[0, 0, 0, 0], [7, 7, 0, 2]]),),
        "all_empty": (torch.zeros(2, 4, dtype=torch.long),),
    }
