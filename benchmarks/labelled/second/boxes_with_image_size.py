"""Boxes in pixels, and beside them the size of the image that they belong to."""

import torch
from torch import nn


class BoxHead(nn.Module):
    def __init__(self, boxes: int = 3):
        super().__init__()
        self.conv = nn.Conv2d(3, 4 * boxes, 3, padding=1)

    def forward(self, image: torch.Tensor):
        height, width = image.shape[-2], image.shape[-1]
        boxes = self.conv(image).mean((-2, -1)).unflatten(-1, (-1, 4)).sigmoid()
        size = torch.stack([boxes[..., 0] * width, boxes[..., 1] * height, boxes[..., 2] * width, boxes[..., 3] * height], dim=-1)
        return size, (height, width)  #@ output-structure: trace onnx_ts; capture-failure|output-structure: onnx


def build_model():
    torch.manual_seed(385)
    return BoxHead().eval()


def example_inputs():
    torch.manual_seed(386)
    return {"a": (torch.randn(1, 3, 6, 8),), "b": (torch.randn(1, 3, 6, 8) * 2,)}
