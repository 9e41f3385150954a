"""A waveform with or without batch and channel: its rank decides how it is brought to three dimensions."""

import torch
from torch import nn


class WaveEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 3, 5, stride=2)

    def forward(self, wave):
        match wave.ndim:  #@ specialised-type: trace export onnx onnx_ts; capture-failure: script
            case 1:
                wave = wave[None, None]
            case 2:
                wave = wave.mean(0, keepdim=True)[None]
            case _:
                pass
        return self.conv(wave).relu().mean(-1)


def build_model():
    torch.manual_seed(523)
    return WaveEncoder().eval()


def example_inputs():
    torch.manual_seed(524)
    return {"mono": (torch.randn(16),), "stereo": (torch.randn(2, 16),), "batch": (torch.randn(2, 1, 16),)}
