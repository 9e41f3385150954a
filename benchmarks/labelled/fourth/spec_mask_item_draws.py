"""Masked pre-training on spectrograms: a band of frames at a random place is replaced by a learned one."""

import torch
from torch import nn

SEQUENCE = True


class MaskedFrames(nn.Module):
    def __init__(self, bins: int = 4, width: int = 3):
        super().__init__()
        self.width = width
        self.blank = nn.Parameter(torch.randn(bins))
        self.restore = nn.Linear(bins, bins)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        masked = frames.clone()
        start = int(torch.randint(0, frames.shape[0] - self.width, (1,)).item())  #@ baked-random|baked-constant: onnx onnx_ts; capture-failure: export; capture-failure|baked-random|baked-constant: trace; graph-break: dynamo
        masked[start : start + self.width] = self.blank
        return self.restore(masked)


def build_model():
    torch.manual_seed(741)
    return MaskedFrames().eval()


def example_inputs():
    torch.manual_seed(742)
    return {f"clip_{i}": (torch.randn(10, 4),) for i in range(4)}
