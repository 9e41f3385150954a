"""A scale read with .item() is a plain Python number, so a trace keeps the first example's scale for ever."""

import torch
from torch import nn


class RoundedClassifier(nn.Module):
    """Round the features to 127 steps up to the loudest one, then classify."""

    def __init__(self, width: int = 8, classes: int = 3) -> None:
        super().__init__()
        self.head = nn.Linear(width, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        loudest = x.abs().max().item()
        step = loudest / 127

        rounded = torch.round(x / step).clamp(-127, 127)
        return self.head(rounded * step)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return RoundedClassifier().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    x = torch.randn(2, 8)

    return {
        "normal": (x,),
        "quiet": (x / 100,),  # rounded too coarsely with the scale of "normal"
        "loud": (x * 100,),  # cut off with the scale of "normal"
    }
