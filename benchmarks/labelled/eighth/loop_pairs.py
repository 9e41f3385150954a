"""all pairs of set elements through itertools"""
import itertools

import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.rel = nn.Linear(4, 3)
    def forward(self, items):
        total = torch.zeros(3)
        for i, j in itertools.combinations(range(items.size(0)), 2):  #@ unrolled-loop|specialised-shape: trace onnx_ts onnx export; capture-failure: script
            total = total + self.rel(torch.cat([items[i], items[j]])).relu()
        return total


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"three": (torch.randn(3, 2),), "four": (torch.randn(4, 2),)}
