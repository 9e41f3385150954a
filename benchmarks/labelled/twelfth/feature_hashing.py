"""Click prediction with hashed categories: signed 64-bit keys are mixed with shifts before they choose a bucket."""
import torch
from torch import nn


class HashedEmbedding(nn.Module):
    def __init__(self, buckets: int, dim: int, shift: int = 7):
        super().__init__()
        self.buckets = buckets
        self.shift = shift
        self.table = nn.EmbeddingBag(buckets, dim, mode="sum")

    def bucket(self, keys):
        mixed = keys * 31
        mixed = mixed >> self.shift  #@ numerical-mismatch: onnx_ts
        return torch.remainder(mixed, self.buckets)

    def forward(self, keys):
        return self.table(self.bucket(keys))


class WideAndDeep(nn.Module):
    def __init__(self, buckets: int = 64, dim: int = 4, dense: int = 3):
        super().__init__()
        self.hashed = HashedEmbedding(buckets, dim)
        self.deep = nn.Sequential(nn.Linear(dim + dense, 8), nn.ReLU(), nn.Linear(8, 1))
        self.wide = nn.Linear(dense, 1)

    def forward(self, keys, dense):
        deep = self.deep(torch.cat([self.hashed(keys), dense], dim=-1))
        return torch.sigmoid(deep + self.wide(dense)).squeeze(-1)


def build_model():
    torch.manual_seed(0)
    return WideAndDeep().eval()


def example_inputs():
    torch.manual_seed(11)
    return {
        "positive": (torch.randint(0, 50_000, (4, 5)), torch.randn(4, 3)),
        "signed": (torch.randint(-50_000, 50_000, (4, 5)), torch.randn(4, 3)),
    }
