"""A feature pyramid over a list of maps, the coarser of which are enlarged to the finest."""

from typing import List

import torch
from torch import nn
from torch.nn import functional as F


class PyramidFusion(nn.Module):
    def __init__(self, widths=(2, 3, 4), out: int = 3):
        super().__init__()
        self.lateral = nn.ModuleList([nn.Conv2d(width, out, 1) for width in widths])
        self.smooth = nn.Conv2d(out, out, 3, padding=1)

    def forward(self, maps: List[torch.Tensor]) -> torch.Tensor:
        finest = maps[0].shape[-2:]
        levels: List[torch.Tensor] = []
        for level, conv in enumerate(self.lateral):
            levels.append(F.interpolate(conv(maps[level]), size=finest, mode="nearest"))
        return self.smooth(torch.stack(levels).sum(0))


def build_model():
    torch.manual_seed(361)
    return PyramidFusion().eval()


def example_inputs():
    torch.manual_seed(362)

    def maps(scale):
        return [torch.randn(1, width, 8 // 2**i, 8 // 2**i) * scale for i, width in enumerate((2, 3, 4))]

    return {"a": (maps(1.0),), "b": (maps(4.0),)}
