"""Per-channel fake quantisation whose scale comes from the data but stays a tensor."""

import torch
from torch import nn


class QuantLinear(nn.Module):
    def __init__(self, inputs: int, outputs: int, bits: int = 8):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) * 0.3)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.most = float(2 ** (bits - 1) - 1)

    def quantised(self, x: torch.Tensor) -> torch.Tensor:
        scale = x.abs().amax(dim=-1, keepdim=True).clamp(min=1e-6) / self.most
        return (x / scale).round().clamp(-self.most, self.most) * scale

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(x, self.quantised(self.weight), self.bias)


class QuantNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = QuantLinear(6, 10)
        self.second = QuantLinear(10, 3, bits=4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x).relu())


def build_model():
    torch.manual_seed(21)
    return QuantNet().eval()


def example_inputs():
    torch.manual_seed(22)
    return {"small": (torch.randn(4, 6) * 0.1,), "usual": (torch.randn(4, 6),), "large": (torch.randn(4, 6) * 50,)}
