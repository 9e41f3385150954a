"""Ancestral sampling: the noise comes from a NumPy generator that the sampler keeps, so that runs can be repeated."""

import numpy as np
import torch
from torch import nn

SEQUENCE = True


class NoisySampler(nn.Module):
    def __init__(self, width: int = 4, seed: int = 7):
        super().__init__()
        self.generator = np.random.default_rng(seed)
        self.drift = nn.Linear(width, width)

    def forward(self, x):
        noise = torch.from_numpy(self.generator.normal(size=(2, 4)).astype("float32"))  #@ baked-random: export onnx onnx_ts; capture-failure|baked-random: trace; capture-failure: script; graph-break: dynamo
        return x + 0.1 * self.drift(x) + 0.4 * noise


def build_model():
    torch.manual_seed(539)
    return NoisySampler().eval()


def example_inputs():
    torch.manual_seed(540)
    x = torch.randn(2, 4)
    return {f"step_{i}": (x,) for i in range(3)}
