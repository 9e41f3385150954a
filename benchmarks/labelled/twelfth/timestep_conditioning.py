"""A small denoiser as in diffusion pipelines: a time step comes for each sample, or once for the batch."""
import math

import torch
from torch import nn


def sinusoidal(timesteps, dim: int):
    half = dim // 2
    exponent = -math.log(10000.0) * torch.arange(half, dtype=torch.float32) / half
    angles = timesteps[:, None].float() * exponent.exp()[None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class ResBlock(nn.Module):
    def __init__(self, channels: int, time_dim: int):
        super().__init__()
        self.norm = nn.GroupNorm(2, channels)
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.time = nn.Linear(time_dim, channels)

    def forward(self, x, emb):
        h = self.conv(nn.functional.silu(self.norm(x)))
        return x + h + self.time(emb)[:, :, None, None]


class Denoiser(nn.Module):
    def __init__(self, channels: int = 4, time_dim: int = 8):
        super().__init__()
        self.time_dim = time_dim
        self.stem = nn.Conv2d(3, channels, 1)
        self.block = ResBlock(channels, time_dim)
        self.out = nn.Conv2d(channels, 3, 1)

    def forward(self, sample, timesteps):
        if timesteps.dim() == 0:  #@ specialised-type: trace export onnx onnx_ts
            timesteps = timesteps[None].expand(sample.shape[0])
        emb = sinusoidal(timesteps, self.time_dim)
        return self.out(self.block(self.stem(sample), emb))


def build_model():
    torch.manual_seed(0)
    return Denoiser().eval()


def example_inputs():
    torch.manual_seed(9)
    sample = torch.randn(2, 3, 6, 6)
    return {"per_sample": (sample, torch.tensor([10, 400])), "shared": (sample, torch.tensor(25))}
