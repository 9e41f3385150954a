"""Tempo and beats of a clip: spectral flux, autocorrelation by convolution, a comb at the best lag."""
from typing import Final

import torch
import torch.nn.functional as F
from torch import nn


class BeatTracker(nn.Module):
    N_FFT: Final[int] = 64
    HOP: Final[int] = 32
    MIN_LAG: Final[int] = 4
    MAX_LAG: Final[int] = 24

    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(self.N_FFT))
        self.mel = nn.Linear(self.N_FFT // 2 + 1, 12, bias=False)
        nn.init.uniform_(self.mel.weight, 0.0, 0.1)

    def onset_envelope(self, audio):
        frames = audio.unfold(-1, self.N_FFT, self.HOP) * self.window
        spec = torch.fft.rfft(frames).abs()  #@ capture-failure: onnx_ts
        logmel = torch.log1p(10 * self.mel(spec))
        flux = F.relu(logmel[1:] - logmel[:-1]).mean(-1)
        return flux - flux.mean()

    def autocorrelate(self, env):
        padded = F.pad(env, (0, self.MAX_LAG))
        return F.conv1d(padded[None, None], env[None, None])[0, 0, self.MIN_LAG :]

    def forward(self, audio):
        env = self.onset_envelope(audio)
        lag = int(self.autocorrelate(env).argmax()) + self.MIN_LAG  #@ baked-constant: trace; capture-failure: export onnx; graph-break: dynamo
        phases = torch.stack([F.pad(env, (0, lag))[p::lag][:4].sum() for p in range(4)])
        return env, phases.softmax(0)


def build_model():
    torch.manual_seed(0)
    return BeatTracker().eval()


def example_inputs():
    def clicks(period, seed):
        torch.manual_seed(seed)
        audio = 0.01 * torch.randn(4096)
        for start in range(100, 4096 - 40, period):
            audio[start : start + 40] += torch.randn(40)
        return (audio,)

    return {"slow": clicks(640, 1), "fast": clicks(288, 2)}
