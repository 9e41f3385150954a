"""A vision transformer's positions are resized when the image has another grid."""

import torch
from torch import nn
from torch.nn import functional as F


class Patches(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Conv2d(1, 4, 2, stride=2)
        self.pos = nn.Parameter(torch.randn(1, 4, 3, 3))

    def forward(self, image):
        x = self.embed(image)
        pos = self.pos
        if x.shape[-2:] != pos.shape[-2:]:  #@ baked-branch|specialised-shape: trace onnx_ts onnx export
            pos = F.interpolate(pos, size=x.shape[-2:], mode="bilinear", align_corners=False)
        return (x + pos).flatten(2).transpose(1, 2)


def build_model():
    torch.manual_seed(0)
    return Patches().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"usual": (torch.randn(1, 1, 6, 6),), "large": (torch.randn(1, 1, 10, 10),)}
