"""A layer that refuses inputs of another width, which broadcasting would otherwise let through."""

import torch
from torch import nn


class ChannelGain(nn.Module):
    def __init__(self, width: int = 5):
        super().__init__()
        self.width = width
        self.gain = nn.Parameter(torch.rand(width) + 0.5)
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[-1] != self.width:  #@ lost-check: trace
            raise ValueError("wrong number of channels")
        return x * self.gain + self.bias


def build_model():
    torch.manual_seed(339)
    return ChannelGain().eval()


def example_inputs():
    torch.manual_seed(340)
    return {"fits": (torch.randn(3, 5),), "single": (torch.randn(3, 1),)}
