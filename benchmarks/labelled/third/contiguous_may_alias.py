"""Clipping in place what contiguous() gave: a copy for a transposed image, the caller's own for any other."""

import torch
from torch import nn


class ClipAndMix(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.mix = nn.Linear(width, width)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        packed = image.contiguous()
        packed.clamp_(0.0, 1.0)  #@ mutation: onnx onnx_ts export
        return self.mix(packed)


def build_model():
    torch.manual_seed(559)
    return ClipAndMix().eval()


def example_inputs():
    torch.manual_seed(560)
    return {"packed": (torch.randn(4, 4) * 2,), "turned": ((torch.randn(4, 4) * 2).t(),)}
