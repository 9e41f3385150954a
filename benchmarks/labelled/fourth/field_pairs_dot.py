"""Second-order feature crosses: the products of all pairs of field embeddings, in nested loops."""

import torch
from torch import nn


class CrossedFields(nn.Module):
    def __init__(self, buckets: int = 7, fields: int = 4, width: int = 3):
        super().__init__()
        self.buckets, self.fields = buckets, fields
        self.table = nn.Embedding(buckets * fields, width)
        self.out = nn.Linear(fields * (fields - 1) // 2, 1)
        self.register_buffer("offsets", torch.arange(fields) * buckets)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        embedded = self.table(torch.remainder(ids, self.buckets) + self.offsets)
        crosses = []
        for left in range(self.fields):
            for right in range(left + 1, self.fields):
                crosses.append((embedded[:, left] * embedded[:, right]).sum(-1))
        return torch.sigmoid(self.out(torch.stack(crosses, dim=1)))


def build_model():
    torch.manual_seed(759)
    return CrossedFields().eval()


def example_inputs():
    torch.manual_seed(760)
    return {"known": (torch.randint(0, 7, (3, 4)),), "hashed": (torch.randint(-1000, 1000, (3, 4)),)}
