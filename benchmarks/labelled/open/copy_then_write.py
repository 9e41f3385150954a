"""In-place writes into a copy of the input: neither the caller nor a buffer sees them."""

import torch
from torch import nn


class ClipOutliers(nn.Module):
    def __init__(self, width: int = 6):
        super().__init__()
        self.register_buffer("centre", torch.linspace(-1.0, 1.0, width))
        self.fc = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        own = x.clone()
        own -= self.centre
        own.clamp_(-2.0, 2.0)
        own.masked_fill_(own.abs() < 0.1, 0.0)
        return self.fc(own).mul_(0.5)


def build_model():
    torch.manual_seed(81)
    return ClipOutliers().eval()


def example_inputs():
    torch.manual_seed(82)
    return {"usual": (torch.randn(3, 6),), "wild": (torch.randn(3, 6) * 30,)}
