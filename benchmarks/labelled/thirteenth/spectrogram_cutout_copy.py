"""Bands and frames of a spectrogram blanked and damped in a copy of it."""
import torch
from torch import nn


class BandCutout(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(6, 3, 3, padding=1)

    def forward(self, spectrogram):
        masked = spectrogram.clone()
        masked[:, 2:4] = 0
        masked[:, :, -1] *= 0.5
        masked = masked.masked_fill(masked.abs() > 2, 2.0)
        masked.add_(0.1)
        return self.conv(masked), spectrogram.mean((1, 2))


def build_model():
    torch.manual_seed(0)
    return BandCutout().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"soft": (torch.randn(2, 6, 8),), "loud": (torch.randn(2, 6, 8) * 6,)}
