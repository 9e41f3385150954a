"""A factor computed from the length in plain Python is a constant in a graph, right for one length only."""

import math

import torch
from torch import nn


class LengthScaledAttention(nn.Module):
    """Attention that is sharper the more there is to choose from."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        sharpness = math.log(x.shape[1])

        scores = self.query(x) @ self.key(x).transpose(1, 2)
        weights = (sharpness * scores).softmax(-1)
        return weights @ self.value(x)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return LengthScaledAttention().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {
        "sentence": (torch.randn(1, 8, 16),),
        "other_sentence": (torch.randn(1, 8, 16),),
        "paragraph": (torch.randn(1, 40, 16),),
    }
