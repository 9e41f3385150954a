"""Pointer network that orders five items: every step attends to the items that are still left."""
from typing import List, Tuple

import torch
import torch.nn.functional as F
from torch import nn


class Pointer(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.w_ref = nn.Linear(dim, dim, bias=False)
        self.w_query = nn.Linear(dim, dim, bias=False)
        self.v = nn.Parameter(torch.randn(dim))

    def forward(self, refs: torch.Tensor, query: torch.Tensor, visited: torch.Tensor) -> torch.Tensor:
        u = torch.tanh(self.w_ref(refs) + self.w_query(query).unsqueeze(1)) @ self.v
        return (u - 1e6 * visited).log_softmax(-1)


class PointerNet(nn.Module):
    def __init__(self, features: int = 2, dim: int = 8, items: int = 5):
        super().__init__()
        self.items = items
        self.embed = nn.Linear(features, dim)
        self.cell = nn.GRUCell(dim, dim)
        self.pointer = Pointer(dim)
        self.begin = nn.Parameter(torch.zeros(dim))

    def forward(self, points: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        refs = self.embed(points)
        state = refs.mean(1)
        given = self.begin.expand_as(state)
        visited = torch.zeros_like(points[..., 0])
        tour: List[torch.Tensor] = []
        total = torch.zeros_like(points[:, 0, 0])
        for _ in range(self.items):
            state = self.cell(given, state)
            log_p = self.pointer(refs, state, visited)
            best, choice = log_p.max(-1)
            picked = F.one_hot(choice, self.items).to(points.dtype)
            visited = visited + picked
            given = (picked.unsqueeze(-1) * refs).sum(1)
            total = total + best
            tour.append(choice)
        return torch.stack(tour, 1), total


def build_model():
    torch.manual_seed(0)
    return PointerNet().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"cities": (torch.rand(2, 5, 2),), "spread": (torch.rand(2, 5, 2) * 6,)}
