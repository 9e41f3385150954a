"""Retrieval from a bank of keys: what may not be seen is masked before the best are taken."""

import torch
from torch import nn
from torch.nn import functional as F


class MaskedRetrieval(nn.Module):
    def __init__(self, slots: int = 12, width: int = 6, best: int = 3):
        super().__init__()
        self.best = best
        self.register_buffer("keys", F.normalize(torch.randn(slots, width), dim=-1))
        self.register_buffer("values", torch.randn(slots, 2))

    def forward(self, query: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
        similar = F.normalize(query, dim=-1) @ self.keys.t()
        similar = similar.masked_fill(~allowed, float("-inf"))
        scores, rows = similar.topk(self.best, dim=-1)
        found = self.values[rows]
        return (scores.softmax(-1).unsqueeze(-1) * found).sum(-2)


def build_model():
    torch.manual_seed(353)
    return MaskedRetrieval().eval()


def example_inputs():
    torch.manual_seed(354)
    query = torch.randn(4, 6)
    odd = (torch.arange(12) % 2 == 1).expand(4, -1)
    return {"all": (query, torch.ones(4, 12, dtype=torch.bool)), "odd": (query, odd.clone()), "even": (query, ~odd)}
