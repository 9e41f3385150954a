"""Hard negatives are marked in what detach() gave, which shares its memory with the similarities of the caller."""

import torch
from torch import nn


class HardNegatives(nn.Module):
    def __init__(self):
        super().__init__()
        self.temperature = nn.Parameter(torch.tensor(0.5))

    def forward(self, similar: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
        others = similar.detach()
        others[same] = -9.0  #@ mutation: onnx onnx_ts
        hardest = others.argmax(-1, keepdim=True)
        return (similar.gather(-1, hardest) / self.temperature).sigmoid().mean()


def build_model():
    torch.manual_seed(561)
    return HardNegatives().eval()


def example_inputs():
    torch.manual_seed(562)
    return {
        "a": (torch.randn(4, 4), torch.eye(4, dtype=torch.bool)),
        "b": (torch.randn(4, 4), torch.eye(4, dtype=torch.bool).flip(0)),
    }
