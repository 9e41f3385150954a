"""The model returns a plain tuple, which every graph can return; the caller wraps it if it wants names."""

import torch
from torch import nn


class TwoPools(nn.Module):
    """Average and maximum over time."""

    def forward(self, steps: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return steps.mean(0), steps.amax(0)


def build_model() -> nn.Module:
    return TwoPools().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(0)
    return {
        "speech": (torch.randn(4, 2),),
        "silence": (torch.zeros(4, 2),),
    }
