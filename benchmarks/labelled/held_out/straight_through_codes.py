"""Vector quantisation with a straight-through estimator: detach() and a no_grad() island, run with gradients."""

import torch
from torch import nn

GRAD = True


class VectorQuantiser(nn.Module):
    def __init__(self, codes: int = 6, width: int = 4):
        super().__init__()
        self.codes = nn.Parameter(torch.randn(codes, width))
        self.encode = nn.Linear(5, width)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        z = self.encode(x)
        with torch.no_grad():
            distance = (z.unsqueeze(1) - self.codes.unsqueeze(0)).pow(2).sum(-1)
            index = distance.argmin(-1)
        chosen = self.codes[index]
        commitment = (z - chosen.detach()).pow(2).mean(-1)
        return z + (chosen - z).detach(), commitment


def build_model():
    torch.manual_seed(205)
    return VectorQuantiser()


def example_inputs():
    torch.manual_seed(206)
    return {"near": (torch.randn(3, 5),), "far": (torch.randn(3, 5) * 6,)}
