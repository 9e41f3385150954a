"""A random number that Python, NumPy or the clock gives while capturing is the same for ever.

The capture calls `random.uniform` once, as eager does, but what comes back is a plain number and is stored as such.
Eager draws anew on every call; the graph repeats the one draw of the day on which it was captured.
"""

import random

import torch
from torch import nn


class RandomGain(nn.Module):
    """Make a recording a little louder or softer, to vary what a model is trained on."""

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        gain = random.uniform(0.5, 1.5)
        return torch.tanh(sound * gain)


def build_model() -> nn.Module:
    return RandomGain().train()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "tone": (torch.tensor([0.1, 0.2, 0.3]),),
        "noise": (torch.tensor([0.3, -0.2, 0.1]),),
    }
