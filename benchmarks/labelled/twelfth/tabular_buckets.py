"""Tabular features: ages fall into buckets, counts are scaled by their logarithm, missing values have a flag."""
import torch
from torch import nn


def impute(x, fill):
    missing = torch.isnan(x)
    return torch.where(missing, fill, x), missing.to(x.dtype)


class AgeBuckets(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.register_buffer("edges", torch.tensor([12.0, 18.0, 30.0, 45.0, 65.0]))
        self.embed = nn.Embedding(6, dim)

    def forward(self, ages):
        bucket = (ages.unsqueeze(-1) >= self.edges).to(torch.int64).sum(dim=-1)
        return self.embed(bucket)


class TabularNet(nn.Module):
    def __init__(self, numeric: int = 3, dim: int = 4):
        super().__init__()
        self.ages = AgeBuckets(dim)
        self.register_buffer("medians", torch.tensor([0.5, 2.0, 10.0])[:numeric])
        self.mlp = nn.Sequential(nn.Linear(dim + 2 * numeric, 8), nn.SiLU(), nn.Linear(8, 2))

    def forward(self, ages, numbers):
        filled, missing = impute(numbers, self.medians)
        scaled = torch.sign(filled) * torch.log1p(filled.abs())
        rows = torch.cat([self.ages(ages.float()), scaled, missing], dim=-1)
        return self.mlp(rows)


def build_model():
    torch.manual_seed(0)
    return TabularNet().eval()


def example_inputs():
    torch.manual_seed(24)
    nan = float("nan")
    return {
        "complete": (torch.tensor([3, 18, 44, 80]), torch.randn(4, 3) * 4),
        "missing": (torch.tensor([12, 30, 65, 0]), torch.tensor([[nan, 1.0, 2.0]]).expand(4, 3).clone()),
        "all_missing": (torch.tensor([50, 51, 52, 53]), torch.full((4, 3), nan)),
    }
