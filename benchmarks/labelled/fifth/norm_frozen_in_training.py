"""A batch norm that stays in eval mode while the model is trained."""

import torch
from torch import nn


class FrozenNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.norm = nn.BatchNorm2d(2)

    def train(self, mode: bool = True):
        super().train(mode)
        self.norm.eval()
        return self

    def forward(self, x):
        return self.norm(self.conv(x)).relu()


def build_model():
    torch.manual_seed(0)
    return FrozenNorm().train()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.rand(2, 1, 5, 5),), "b": (torch.rand(2, 1, 5, 5) * 9,)}
