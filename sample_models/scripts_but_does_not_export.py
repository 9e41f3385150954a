"""A loop that runs until the answer is good enough stays one in TorchScript, but torch.export refuses it."""

import torch
from torch import nn


class SquareRoot(nn.Module):
    """Square roots by Newton's method."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        root = torch.ones_like(x)

        while (root * root - x).abs().max() > 1e-3:
            root = (root + x / root) / 2

        return root


def build_model() -> nn.Module:
    return SquareRoot().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "near_one": (torch.tensor([0.9, 1.1]),),
        "small": (torch.tensor([2.0, 3.0]),),
        "large": (torch.tensor([2.0, 400.0]),),
    }
