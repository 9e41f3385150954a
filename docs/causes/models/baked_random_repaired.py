"""Torch draws the number, by an operation that the graph keeps and that draws anew on every call."""

import torch
from torch import nn


class RandomGain(nn.Module):
    """Make a recording a little louder or softer, to vary what a model is trained on."""

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        gain = 0.5 + torch.rand(())
        return torch.tanh(sound * gain)


def build_model() -> nn.Module:
    return RandomGain().train()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "tone": (torch.tensor([0.1, 0.2, 0.3]),),
        "noise": (torch.tensor([0.3, -0.2, 0.1]),),
    }
