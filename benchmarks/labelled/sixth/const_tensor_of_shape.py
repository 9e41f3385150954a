"""Boxes are scaled by a tensor made of the image's height and width."""

import torch
from torch import nn


class Relative(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, image, boxes):
        height, width = image.shape
        size = torch.tensor([width, height, width, height])  #@ baked-constant|specialised-shape: trace export onnx onnx_ts
        return self.fc(boxes / size) + image.mean()


def build_model():
    torch.manual_seed(0)
    return Relative().eval()


def example_inputs():
    torch.manual_seed(1)
    boxes = torch.tensor([[1.0, 1.0, 3.0, 2.0]])
    return {"s4": (torch.randn(4, 6), boxes), "s8": (torch.randn(8, 8), boxes)}
