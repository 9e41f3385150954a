"""A U-Net level: what up-sampling makes of an odd image is cut to the size of the skip."""

import torch
from torch import nn


class Level(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 2, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(2, 1, 2, stride=2)
        self.out = nn.Conv2d(2, 1, 1)

    def forward(self, x):
        y = self.up(torch.relu(self.down(x)))
        if y.shape[-1] != x.shape[-1]:  #@ baked-branch|specialised-shape: trace onnx_ts onnx export
            y = y[..., : x.shape[-2], : x.shape[-1]]
        return self.out(torch.cat([x, y], 1))


def build_model():
    torch.manual_seed(0)
    return Level().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"even": (torch.randn(1, 1, 6, 6),), "odd": (torch.randn(1, 1, 7, 7),)}
