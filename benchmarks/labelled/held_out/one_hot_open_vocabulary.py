"""One-hot features as wide as the largest category that happens to be in the batch."""

import torch
from torch import nn
from torch.nn import functional as F


class CategoryCounts(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, categories: torch.Tensor) -> torch.Tensor:
        hot = F.one_hot(categories)  #@ capture-failure: export onnx; capture-failure|baked-constant: onnx_ts; graph-break: dynamo
        return hot.float().mean(0) * self.scale


def build_model():
    torch.manual_seed(235)
    return CategoryCounts().eval()


def example_inputs():
    return {
        "three": (torch.tensor([0, 1, 2, 1]),),
        "seven": (torch.tensor([6, 1, 0, 1]),),
        "one": (torch.tensor([0, 0, 0, 0]),),
    }
