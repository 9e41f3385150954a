"""Waveform encoder that pads a clip to a whole number of hops before framing it."""
import math

import torch
from torch import nn
from torch.nn import functional as F


class FramePadding(nn.Module):
    """Zeros at the end, so that no sample is dropped."""

    def __init__(self, hop: int):
        super().__init__()
        self.hop = hop

    def forward(self, wave):
        total = math.ceil(wave.size(-1) / self.hop) * self.hop  #@ baked-constant|specialised-shape: trace onnx_ts onnx export
        return F.pad(wave, (0, total - wave.size(-1)))


class WaveEncoder(nn.Module):
    def __init__(self, hop: int = 8, width: int = 12):
        super().__init__()
        self.pad = FramePadding(hop)
        self.frame = nn.Conv1d(1, width, kernel_size=hop, stride=hop, bias=False)
        self.norm = nn.GroupNorm(3, width)
        self.head = nn.Sequential(nn.GELU(), nn.Conv1d(width, 4, 1))

    def forward(self, wave):
        frames = self.frame(self.pad(wave).unsqueeze(1))
        return self.head(self.norm(frames)).mean(-1)


def build_model():
    torch.manual_seed(0)
    return WaveEncoder().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"whole": (torch.randn(2, 40),), "rest": (torch.randn(2, 45),)}
