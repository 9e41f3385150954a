"""A coupling layer that refuses an odd number of features, which arithmetic alone would let through."""

import torch
from torch import nn


class Coupling(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.7))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[1] % 2 != 0:  #@ lost-check: trace
            raise ValueError("an even number of features is needed")
        return torch.cat([x[:, ::2] * self.scale, x[:, 1::2].tanh()], dim=1)


def build_model():
    torch.manual_seed(231)
    return Coupling().eval()


def example_inputs():
    torch.manual_seed(232)
    return {"even": (torch.randn(2, 4),), "odd": (torch.randn(2, 5),)}
