"""A fixed-point filter as the firmware has it: integer weights, and an arithmetic shift back to the sample's format."""
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class QFormat:
    fraction: int = 5
    low: int = -128
    high: int = 127


def to_fixed(values, fmt: QFormat):
    return torch.tensor([round(v * (1 << fmt.fraction)) for v in values])


class FixedPointFIR(nn.Module):
    taps: torch.Tensor

    def __init__(self, taps, fmt: QFormat = QFormat()):
        super().__init__()
        self.fraction = fmt.fraction
        self.low, self.high = fmt.low, fmt.high
        self.register_buffer("taps", to_fixed(taps, fmt))

    def requantise(self, acc):
        acc = acc >> self.fraction  #@ numerical-mismatch: onnx_ts
        return acc.clamp(self.low, self.high)

    def forward(self, samples):
        frames = samples.unfold(1, 3, 1)
        acc = (frames * self.taps).sum(-1)
        return self.requantise(acc)


class Cascade(nn.Module):
    def __init__(self):
        super().__init__()
        self.smooth = FixedPointFIR([0.25, 0.5, 0.25])
        self.slope = FixedPointFIR([-0.5, 0.0, 0.5])

    def forward(self, samples):
        smooth = self.smooth(samples)
        return smooth, self.slope(smooth)


def build_model():
    return Cascade().eval()


def example_inputs():
    torch.manual_seed(0)
    return {"rising": (torch.arange(10)[None] * 8,), "noise": (torch.randint(-90, 90, (1, 10)),), "falling": (-torch.arange(10)[None] * 7,)}
