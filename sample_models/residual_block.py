"""A ResNet block whose path never depends on its data is the control: all static graphs agree with eager."""

import torch
from torch import nn


class ResidualBlock(nn.Module):
    """Two convolutions and a shortcut around them."""

    def __init__(self, channels: int = 8) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.relu(self.norm1(self.conv1(x)))
        h = self.norm2(self.conv2(h))
        return self.relu(h + x)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return ResidualBlock().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor, ...]]:
    torch.manual_seed(1)
    return {
        "noise": (torch.randn(1, 8, 12, 12),),
        "bright": (5 + torch.randn(1, 8, 12, 12),),
        "blank": (torch.zeros(1, 8, 12, 12),),
    }
