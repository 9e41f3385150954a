"""Two inputs of different widths are refused, although they would broadcast."""

import torch
from torch import nn


class Difference(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, a, b):
        if a.shape[-1] != b.shape[-1]:  #@ lost-check: trace
            raise ValueError("a and b differ in width")
        return (a - b) * self.scale


def build_model():
    torch.manual_seed(0)
    return Difference().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"same": (torch.randn(2, 4), torch.randn(2, 4)), "column": (torch.randn(2, 4), torch.randn(2, 1))}
