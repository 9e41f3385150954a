"""Contrast stretching with percentiles that NumPy computes."""

import numpy as np
import torch
from torch import nn


def stretch(image, low=2, high=98):
    bottom, top = np.percentile(image.numpy(), (low, high))  #@ baked-constant: trace onnx_ts; capture-failure: script export
    return ((image - float(bottom)) / float(top - bottom)).clamp(0, 1)  #@ graph-break: dynamo


class Stretched(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)

    def forward(self, image):
        return self.conv(stretch(image))


def build_model():
    torch.manual_seed(335)
    return Stretched().eval()


def example_inputs():
    torch.manual_seed(336)
    image = torch.rand(1, 1, 6, 6)
    return {"usual": (image,), "dim": (image * 0.1,), "bright": (image * 5 + 2,)}
