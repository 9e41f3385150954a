"""A streaming cell whose state is an argument and a result: nothing stays in the module between the calls."""

from typing import Tuple

import torch
from torch import nn

SEQUENCE = True


class StreamingCell(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.cell = nn.LSTMCell(width, width)

    def forward(
        self, x: torch.Tensor, state: Tuple[torch.Tensor, torch.Tensor]
    ) -> Tuple[torch.Tensor, Tuple[torch.Tensor, torch.Tensor]]:
        hidden, memory = self.cell(self.norm(x), state)
        return hidden * 2, (hidden, memory)


def build_model():
    torch.manual_seed(617)
    return StreamingCell().eval()


def example_inputs():
    torch.manual_seed(618)
    return {
        "start": (torch.randn(1, 4), (torch.zeros(1, 4), torch.zeros(1, 4))),
        "next": (torch.randn(1, 4), (torch.rand(1, 4), torch.randn(1, 4))),
        "restart": (torch.randn(1, 4), (torch.zeros(1, 4), torch.zeros(1, 4))),
    }
