"""Squeeze-and-excitation with batch norm and channel dropout, all asleep in eval mode."""

import torch
from torch import nn


class SqueezeExcite(nn.Module):
    def __init__(self, channels: int, reduce: int = 2):
        super().__init__()
        self.down = nn.Conv2d(channels, channels // reduce, 1)
        self.up = nn.Conv2d(channels // reduce, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gate = x.mean((2, 3), keepdim=True)
        gate = torch.sigmoid(self.up(torch.relu(self.down(gate))))
        return x * gate


class Block(nn.Module):
    def __init__(self, channels: int = 4):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.gate = SqueezeExcite(channels)
        self.drop = nn.Dropout2d(0.2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.drop(self.gate(torch.relu(self.norm(self.conv(x)))))
        if not self.training:
            return x + y
        return x + 0.8 * y


def build_model():
    torch.manual_seed(201)
    model = Block()
    with torch.no_grad():
        model(torch.randn(4, 4, 6, 6) * 2 + 1)
    return model.eval()


def example_inputs():
    torch.manual_seed(202)
    return {"a": (torch.randn(2, 4, 6, 6),), "b": (torch.randn(2, 4, 6, 6) * 4,)}
