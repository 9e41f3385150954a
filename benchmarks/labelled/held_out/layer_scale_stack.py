"""Residual blocks of several kinds in one loop, told apart by what each was built with."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width: int, index: int):
        super().__init__()
        self.wide = index % 2 == 1
        self.scale = 1.0 / (index + 1)
        hidden = 2 * width if self.wide else width
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.up(x)
        if self.wide:
            h = torch.tanh(h)
        else:
            h = torch.relu(h)
        return x + self.scale * self.down(h)


class Mixed(nn.Module):
    def __init__(self, width: int = 6, depth: int = 4):
        super().__init__()
        self.blocks = nn.ModuleList([Block(width, index) for index in range(depth)])
        self.repeats = 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for _ in range(self.repeats):
            for index, block in enumerate(self.blocks):
                x = block(x)
                if index % 2 == 0:
                    x = x - x.mean(-1, keepdim=True)
        return x


def build_model():
    torch.manual_seed(207)
    return Mixed().eval()


def example_inputs():
    torch.manual_seed(208)
    return {"a": (torch.randn(3, 6),), "b": (torch.randn(3, 6) * 10,)}
