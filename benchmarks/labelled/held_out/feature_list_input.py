"""A fusion neck that takes one feature map for each camera, however many cameras there are."""

from typing import List

import torch
from torch import nn


class Fusion(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.each = nn.Linear(width, width)
        self.read = nn.Linear(width, 2)

    def forward(self, views: List[torch.Tensor]) -> torch.Tensor:
        fused = torch.zeros_like(views[0])
        for view in views:  #@ unrolled-loop|specialised-type: trace export onnx onnx_ts
            fused = fused + torch.relu(self.each(view))
        return self.read(fused / len(views))


def build_model():
    torch.manual_seed(225)
    return Fusion().eval()


def example_inputs():
    torch.manual_seed(226)
    return {
        "stereo": ([torch.randn(2, 4), torch.randn(2, 4)],),
        "mono": ([torch.randn(2, 4)],),
        "four": ([torch.randn(2, 4) for _ in range(4)],),
    }
