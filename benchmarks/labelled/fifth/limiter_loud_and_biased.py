"""A limiter inside the chain halves what is both loud and off centre."""

import torch
from torch import nn


class Limiter(nn.Module):
    def forward(self, x):
        return x * 0.5 if x.abs().max() > 1.0 and x.mean() > 0.2 else x  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo


class Chain(nn.Module):
    def __init__(self):
        super().__init__()
        self.limiter = Limiter()
        self.conv = nn.Conv1d(1, 2, 3, padding=1)

    def forward(self, wave):
        return self.conv(self.limiter(wave))


def build_model():
    torch.manual_seed(0)
    return Chain().eval()


def example_inputs():
    torch.manual_seed(1)
    wave = torch.rand(1, 1, 8) - 0.5
    return {"quiet": (wave,), "loud": (wave * 8,), "loud_and_biased": (wave * 8 + 3,)}
