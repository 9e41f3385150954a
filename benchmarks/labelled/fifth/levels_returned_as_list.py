"""A pyramid that gives its levels back as a list."""

import torch
from torch import nn
from torch.nn import functional as F


class Levels(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, padding=1)

    def forward(self, image):
        fine = self.conv(image)
        return [fine, F.avg_pool2d(fine, 2), F.avg_pool2d(fine, 4)]


def build_model():
    torch.manual_seed(0)
    return Levels().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.rand(1, 1, 8, 8),), "b": (torch.rand(1, 1, 8, 8),)}
