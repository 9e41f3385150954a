"""A modern Hopfield memory: a few updates of the query, as many as the config says, whatever the memory holds."""

import torch
from torch import nn


class HopfieldMemory(nn.Module):
    def __init__(self, slots: int = 6, width: int = 4, steps: int = 3, sharpness: float = 2.0):
        super().__init__()
        assert steps > 0, "at least one update"
        self.steps, self.sharpness = steps, sharpness
        self.register_buffer("stored", torch.nn.functional.normalize(torch.randn(slots, width), dim=-1))
        self.query = nn.Linear(width, width)

    def forward(self, cue: torch.Tensor) -> torch.Tensor:
        state = self.query(cue)
        step = 0
        while step < self.steps:
            weights = (self.sharpness * state @ self.stored.t()).softmax(-1)
            state = weights @ self.stored
            step += 1
        return state


def build_model():
    torch.manual_seed(771)
    return HopfieldMemory().eval()


def example_inputs():
    torch.manual_seed(772)
    return {"cue": (torch.randn(2, 4),), "strong": (torch.randn(2, 4) * 10,), "nothing": (torch.zeros(2, 4),)}
