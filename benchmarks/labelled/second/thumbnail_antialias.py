"""Images are shrunk by a factor that does not divide evenly, with antialiasing, before they are read."""

import torch
from torch import nn
from torch.nn import functional as F


class Thumbnail(nn.Module):
    def __init__(self, factor: float = 0.6):
        super().__init__()
        self.factor = factor
        self.read = nn.Conv2d(2, 1, 3, padding=1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        small = F.interpolate(image, scale_factor=self.factor, mode="bilinear", antialias=True)  #@ numerical-mismatch: onnx; capture-failure: onnx_ts
        return self.read(small)


def build_model():
    torch.manual_seed(343)
    return Thumbnail().eval()


def example_inputs():
    torch.manual_seed(344)
    return {"a": (torch.randn(1, 2, 5, 7),), "b": (torch.randn(1, 2, 5, 7) * 3,)}
