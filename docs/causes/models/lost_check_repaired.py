"""TorchScript compiles the check, a small function: a trace takes it over as it is, and both raise on a bad input."""

import torch
from torch import nn


@torch.jit.script
def checked(lengths: torch.Tensor) -> torch.Tensor:
    """Return the lengths if each sequence has a step."""
    if bool(lengths.min() < 1):
        raise ValueError("a sequence is empty")
    return lengths


class MeanOfLengths(nn.Module):
    """Sum over time, divided by how many steps each sequence has."""

    def forward(self, steps: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        return steps.sum(1) / checked(lengths)


def build_model() -> nn.Module:
    return MeanOfLengths().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    return {
        "full": (torch.ones(2, 4), torch.tensor([4, 2])),
        "one empty": (torch.ones(2, 4), torch.tensor([4, 0])),  # both raise
    }
