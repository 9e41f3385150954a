"""A log spectrogram from torch.stft in front of a small keyword classifier."""

import torch
from torch import nn


class Keywords(nn.Module):
    def __init__(self, size: int = 16, hop: int = 8, words: int = 3):
        super().__init__()
        self.size, self.hop = size, hop
        self.register_buffer("window", torch.hann_window(size))
        self.read = nn.Linear(size // 2 + 1, words)

    def forward(self, wave: torch.Tensor) -> torch.Tensor:
        spectrum = torch.stft(wave, self.size, self.hop, window=self.window, return_complex=True)  #@ capture-failure: onnx_ts
        loud = spectrum.abs().clamp(min=1e-3).log()
        return self.read(loud.transpose(1, 2)).mean(1)


def build_model():
    torch.manual_seed(733)
    return Keywords().eval()


def example_inputs():
    torch.manual_seed(734)
    return {"noise": (torch.randn(2, 64),), "tone": (torch.sin(torch.arange(64) * 0.7).repeat(2, 1),)}
