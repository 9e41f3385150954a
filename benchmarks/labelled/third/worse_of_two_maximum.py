"""A clipped value loss: the worse of two errors is taken element by element, with torch's maximum()."""

from typing import Optional

import torch
from torch import nn


class ClippedValueLoss(nn.Module):
    def __init__(self, states: int = 4, clip: float = 0.2):
        super().__init__()
        self.clip = clip
        self.value = nn.Linear(states, 1)

    def forward(
        self, state: torch.Tensor, old: torch.Tensor, returns: torch.Tensor, weight: Optional[torch.Tensor] = None
    ) -> torch.Tensor:
        value = self.value(state).squeeze(-1)
        clipped = old + (value - old).clamp(-self.clip, self.clip)
        loss = torch.maximum((value - returns).pow(2), (clipped - returns).pow(2))
        if weight is not None:
            loss = loss * weight
        return loss.mean()


def build_model():
    torch.manual_seed(615)
    return ClippedValueLoss().eval()


def example_inputs():
    torch.manual_seed(616)
    state, old, returns = torch.randn(5, 4), torch.randn(5), torch.randn(5)
    return {
        "near": ((state,), {"old": old, "returns": returns}),
        "far": ((state,), {"old": old * 9, "returns": -returns}),
    }
