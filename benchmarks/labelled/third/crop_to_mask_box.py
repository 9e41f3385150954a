"""The image is cropped to the box around its mask, and the crop is pooled to a fixed grid."""

import torch
from torch import nn
from torch.nn import functional as F


def bounds(hits: torch.Tensor) -> tuple[int, int]:
    rows = torch.nonzero(hits).flatten()  #@ graph-break: dynamo
    return int(rows.min()), int(rows.max()) + 1  #@ baked-constant: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo


class CropAndPool(nn.Module):
    def __init__(self):
        super().__init__()
        self.read = nn.Linear(4, 2)

    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        top, bottom = bounds(mask.any(dim=1))
        left, right = bounds(mask.any(dim=0))
        crop = image[top:bottom, left:right]
        pooled = F.interpolate(crop[None, None], size=(2, 2), mode="bilinear")
        return self.read(pooled.flatten())


def build_model():
    torch.manual_seed(515)
    return CropAndPool().eval()


def example_inputs():
    torch.manual_seed(516)
    image = torch.rand(6, 6)
    first, second = torch.zeros(2, 6, 6, dtype=torch.bool)
    first[1:4, 2:5] = True
    second[3, 0] = second[5, 5] = True
    return {"corner": (image, first), "wide": (image, second)}
