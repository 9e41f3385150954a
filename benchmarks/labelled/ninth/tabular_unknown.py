"""Tabular model: unknown categories fall to a spare row, numbers are clipped to stored quantiles; parts by flag."""
from typing import List

import torch
from torch import nn

CONFIG = {"cardinalities": [4, 7, 3], "numeric": 3, "flags": {"clip": True, "calibrate": True, "interactions": False}}


class CategoryEmbedding(nn.Module):
    """Row 0 is for what training has not seen."""

    def __init__(self, cardinality: int, dim: int):
        super().__init__()
        self.cardinality = cardinality
        self.table = nn.Embedding(cardinality + 1, dim)

    def forward(self, code: torch.Tensor) -> torch.Tensor:
        known = (code >= 0) & (code < self.cardinality)
        return self.table(torch.where(known, code + 1, torch.zeros_like(code)))


class TabularNet(nn.Module):
    def __init__(self, config, dim: int = 3):
        super().__init__()
        flags = config["flags"]
        self.clip: bool = flags["clip"]
        self.calibrate: bool = flags["calibrate"]
        self.interactions: bool = flags["interactions"]
        self.embeddings = nn.ModuleList([CategoryEmbedding(n, dim) for n in config["cardinalities"]])
        width = dim * len(self.embeddings) + config["numeric"] + (config["numeric"] if self.interactions else 0)
        self.mlp = nn.Sequential(nn.Linear(width, 8), nn.ReLU(), nn.Linear(8, 1))
        self.register_buffer("low", torch.full((config["numeric"],), -2.0))
        self.register_buffer("high", torch.full((config["numeric"],), 2.0))
        self.register_buffer("knots", torch.tensor([0.8, -0.1]))

    def forward(self, categories: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        if self.clip:
            numbers = torch.minimum(torch.maximum(numbers, self.low), self.high)
        parts: List[torch.Tensor] = [numbers]
        if self.interactions:
            parts.append(numbers * numbers.mean(-1, keepdim=True))
        for i, embedding in enumerate(self.embeddings):
            parts.append(embedding(categories[:, i]))
        logit = self.mlp(torch.cat(parts, -1)).squeeze(-1)
        if self.calibrate:
            logit = logit * self.knots[0] + self.knots[1]
        return logit.sigmoid()


def build_model():
    torch.manual_seed(0)
    return TabularNet(CONFIG).eval()


def example_inputs():
    torch.manual_seed(1)
    numbers = torch.randn(3, 3)
    return {
        "known": (torch.tensor([[0, 6, 2], [3, 1, 0], [2, 2, 1]]), numbers),
        "unknown": (torch.tensor([[4, 99, 2], [-1, 1, 0], [2, 2, 3]]), numbers * 10),
    }
