"""A detector that lists its anchor centres in Python, from the height and width of the feature map."""

import torch
from torch import nn


class GridHead(nn.Module):
    def __init__(self, stride: int = 8):
        super().__init__()
        self.stride = stride
        self.predict = nn.Conv2d(4, 2, 1)

    def forward(self, features):
        offsets = self.predict(features).flatten(2).transpose(1, 2)
        centres = torch.tensor([(x * self.stride + 4.0, y * self.stride + 4.0) for y in range(features.shape[2]) for x in range(features.shape[3])])  #@ unrolled-loop|baked-constant|specialised-shape: trace export onnx onnx_ts; capture-failure: script
        return offsets + centres


def build_model():
    torch.manual_seed(9)
    return GridHead().eval()


def example_inputs():
    torch.manual_seed(10)
    return {"wide": (torch.randn(1, 4, 3, 5),), "small": (torch.randn(1, 4, 2, 2),)}
