"""A WaveNet-like stack: two lists of layers are gone through together, and odd layers skip to the output."""

import torch
from torch import nn


class DilatedStack(nn.Module):
    def __init__(self, width: int = 3, depth: int = 4):
        super().__init__()
        self.filters = nn.ModuleList([nn.Conv1d(width, width, 2, dilation=2**i, padding=2**i) for i in range(depth)])
        self.gates = nn.ModuleList([nn.Conv1d(width, width, 1) for _ in range(depth)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = torch.zeros_like(x)
        for i, (filtered, gate) in enumerate(zip(self.filters, self.gates)):
            x = torch.tanh(filtered(x)[:, :, : x.shape[-1]]) * torch.sigmoid(gate(x))
            if i % 2 == 1:
                total = total + x
        return total


def build_model():
    torch.manual_seed(609)
    return DilatedStack().eval()


def example_inputs():
    torch.manual_seed(610)
    return {"quiet": (torch.randn(1, 3, 10) * 0.1,), "loud": (torch.randn(1, 3, 10) * 9,)}
