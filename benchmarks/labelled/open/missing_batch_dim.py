"""A convenience of many libraries: an image without a batch dimension gets one."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.read = nn.Linear(4, 3)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        if image.dim() == 3:  #@ specialised-type|specialised-shape|baked-branch: trace export onnx onnx_ts
            image = image.unsqueeze(0)
        return self.read(torch.relu(self.conv(image)).mean((2, 3)))


def build_model():
    torch.manual_seed(57)
    return Classifier().eval()


def example_inputs():
    torch.manual_seed(58)
    return {"batch": (torch.randn(2, 1, 5, 5),), "single": (torch.randn(1, 5, 5),)}
