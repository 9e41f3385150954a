"""Sinusoidal positions kept in a table that is rebuilt, twice as long, when a longer sequence comes."""

import torch
from torch import nn


def sinusoids(length: int, width: int) -> torch.Tensor:
    steps = torch.arange(length, dtype=torch.float32).unsqueeze(1)
    rates = torch.exp(torch.arange(0, width, 2, dtype=torch.float32) * (-4.0 / width))
    table = torch.zeros(length, width)
    table[:, 0::2] = torch.sin(steps * rates)
    table[:, 1::2] = torch.cos(steps * rates)
    return table


class Positional(nn.Module):
    def __init__(self, width: int = 6):
        super().__init__()
        self.width = width
        self.register_buffer("table", sinusoids(4, width), persistent=False)
        self.fc = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        length = x.shape[1]
        if length > self.table.shape[0]:  #@ baked-branch|specialised-shape|baked-state: trace export onnx onnx_ts
            self.table = sinusoids(2 * length, self.width)
        return self.fc(x + self.table[:length])


def build_model():
    torch.manual_seed(53)
    return Positional().eval()


def example_inputs():
    torch.manual_seed(54)
    return {"fits": (torch.randn(1, 4, 6),), "longer": (torch.randn(1, 7, 6),)}
