"""The graph holds only for inputs of the size that it was captured with.

An exporter that is not told otherwise takes every size of its example for fixed. A longer or shorter input is then
refused, or computed wrongly: eager, which asks for the size on each call, takes them all.
"""

import torch
from torch import nn


class CausalPooling(nn.Module):
    """Average each step of a sequence with all steps before it."""

    def forward(self, steps: torch.Tensor) -> torch.Tensor:
        length = steps.shape[0]
        mask = torch.ones(length, length).tril()
        return mask @ steps / mask.sum(1, keepdim=True)


def build_model() -> nn.Module:
    return CausalPooling().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(0)
    return {
        "three steps": (torch.randn(3, 2),),
        "five steps": (torch.randn(5, 2),),
    }
