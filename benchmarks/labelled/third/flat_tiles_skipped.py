"""A large image is gone through tile by tile, and flat tiles are left as they are."""

import torch
from torch import nn


class TileDenoiser(nn.Module):
    def __init__(self, tile: int = 4, flat: float = 0.05):
        super().__init__()
        self.tile, self.flat = tile, flat
        self.clean = nn.Conv2d(1, 1, 3, padding=1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        out = image.clone()
        for top in range(0, 8, self.tile):
            for left in range(0, 8, self.tile):
                part = image[:, :, top : top + self.tile, left : left + self.tile]
                if part.std() < self.flat:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                    continue
                out[:, :, top : top + self.tile, left : left + self.tile] = self.clean(part)
        return out


def build_model():
    torch.manual_seed(507)
    return TileDenoiser().eval()


def example_inputs():
    torch.manual_seed(508)
    noisy = torch.rand(1, 1, 8, 8)
    sky = noisy.clone()
    sky[:, :, :4] = 0.8
    return {"noisy": (noisy,), "sky": (sky,), "blank": (torch.full((1, 1, 8, 8), 0.3),)}
