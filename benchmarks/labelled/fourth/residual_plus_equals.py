"""A residual branch added with +=, which writes into the caller's tensor."""

import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, channels: int = 2):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        image += self.second(torch.relu(self.first(image)))  #@ mutation: onnx onnx_ts
        return torch.relu(image)


def build_model():
    torch.manual_seed(737)
    return ResidualBlock().eval()


def example_inputs():
    torch.manual_seed(738)
    return {"a": (torch.randn(1, 2, 5, 5),), "b": (torch.randn(1, 2, 5, 5) * 3,)}
