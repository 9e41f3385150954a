"""Image tower that brings the shorter side to a fixed size, keeps the aspect ratio and crops the middle."""
from typing import List

import torch
import torch.nn.functional as F
from torch import nn


class KeepAspectResize(nn.Module):
    def __init__(self, short: int = 8):
        super().__init__()
        self.short = short

    def target(self, h: int, w: int) -> List[int]:
        return [self.short, self.short * w // h] if h <= w else [self.short * h // w, self.short]  #@ baked-branch|specialised-shape: trace onnx_ts onnx export

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.interpolate(x, size=self.target(x.shape[-2], x.shape[-1]), mode="nearest")
        top = (x.shape[-2] - self.short) // 2
        left = (x.shape[-1] - self.short) // 2
        return x[..., top : top + self.short, left : left + self.short]


class ImageTower(nn.Module):
    mean = (0.48, 0.46, 0.41)
    std = (0.27, 0.26, 0.28)

    def __init__(self, width: int = 5):
        super().__init__()
        self.resize = KeepAspectResize()
        self.register_buffer("m", torch.tensor(self.mean).view(1, 3, 1, 1))
        self.register_buffer("s", torch.tensor(self.std).view(1, 3, 1, 1))
        self.patch = nn.Conv2d(3, width, 4, 4)
        self.fc = nn.Linear(width, 2)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = (self.resize(image) - self.m) / self.s
        x = self.patch(x).flatten(2).mean(-1)
        x = self.fc(x)
        if self.training:  #@ baked-mode: onnx_ts
            return x  # the contrastive loss does the rest
        return F.normalize(x, dim=-1)


def build_model():
    torch.manual_seed(0)
    return ImageTower().train()


def example_inputs():
    torch.manual_seed(1)
    return {"landscape": (torch.rand(1, 3, 12, 20),), "portrait": (torch.rand(1, 3, 20, 12),)}
