"""An affine coupling layer of a normalising flow that is run either way, by a flag with a default."""

from typing import Tuple

import torch
from torch import nn


class Coupling(nn.Module):
    def __init__(self, width: int, flip: bool):
        super().__init__()
        self.flip = flip
        self.net = nn.Sequential(nn.Linear(width, 8), nn.Tanh(), nn.Linear(8, 2 * width))

    def forward(self, x: torch.Tensor, inverse: bool = False) -> Tuple[torch.Tensor, torch.Tensor]:
        kept, changed = x.chunk(2, dim=-1)
        if self.flip:
            kept, changed = changed, kept
        log_scale, shift = self.net(kept).chunk(2, dim=-1)
        log_scale = log_scale.tanh()
        if inverse:  #@ baked-branch|specialised-type: trace export onnx onnx_ts
            changed = (changed - shift) * (-log_scale).exp()
            log_scale = -log_scale
        else:
            changed = changed * log_scale.exp() + shift
        halves = [changed, kept] if self.flip else [kept, changed]
        return torch.cat(halves, dim=-1), log_scale.sum(-1)


def build_model():
    torch.manual_seed(313)
    return Coupling(3, flip=True).eval()


def example_inputs():
    torch.manual_seed(314)
    return {"encode": (torch.randn(4, 6),), "sample": (torch.randn(4, 6), True), "again": (torch.randn(4, 6) * 2,)}
