"""Automatic exposure: an image of medium brightness comes back early, others are gamma corrected."""

import torch
from torch import nn


def well_exposed(mean: torch.Tensor, low: float, high: float) -> bool:
    return bool(low <= mean <= high)  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo


class Exposure(nn.Module):
    def __init__(self, low: float = 0.35, high: float = 0.65):
        super().__init__()
        self.low, self.high = low, high
        self.tone = nn.Conv2d(3, 3, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        mean = image.mean()
        if well_exposed(mean, self.low, self.high):
            return image
        corrected = image ** (torch.log(torch.tensor(0.5)) / torch.log(mean))
        return corrected + 0.1 * self.tone(corrected)


def build_model():
    torch.manual_seed(521)
    return Exposure().eval()


def example_inputs():
    torch.manual_seed(522)
    image = torch.rand(1, 3, 4, 4)
    return {"good": (image,), "dark": (image * 0.2,), "bright": (image * 0.2 + 0.8,)}
