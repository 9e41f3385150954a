"""Training crops at a random place, and tells the place beside the features."""

import random

import torch
from torch import nn

SEQUENCE = True


class RandomCrop(nn.Module):
    def __init__(self, size: int = 4):
        super().__init__()
        self.size = size
        self.conv = nn.Conv2d(1, 2, 3)

    def forward(self, image):
        top, left = random.choices(range(5), k=2)  # noqa: S311  #@ baked-random: export; capture-failure: script; graph-break: dynamo
        crop = image[:, :, top : top + self.size, left : left + self.size]
        return self.conv(crop), top, left  #@ capture-failure|output-structure: trace onnx onnx_ts


def build_model():
    torch.manual_seed(549)
    return RandomCrop().train()


def example_inputs():
    torch.manual_seed(550)
    image = torch.rand(1, 1, 8, 8)
    return {f"epoch_{i}": (image,) for i in range(3)}
