"""Votes are put into a new table by index, where several may fall on the same place."""

import torch
from torch import nn


class Votes(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(1.5))

    def forward(self, at, votes):
        table = torch.zeros(5)
        table.index_put_((at,), votes * self.weight, accumulate=True)  #@ mutation|numerical-mismatch: onnx_ts
        return table


def build_model():
    torch.manual_seed(0)
    return Votes().eval()


def example_inputs():
    torch.manual_seed(1)
    return {
        "apart": (torch.tensor([0, 2, 4]), torch.rand(3)),
        "together": (torch.tensor([1, 1, 3]), torch.rand(3)),
    }
