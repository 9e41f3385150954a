"""A calibration observer that widens its running range on every batch and quantises with it."""

import torch
from torch import nn

SEQUENCE = True


class Observed(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.register_buffer("low", torch.zeros(()))
        self.register_buffer("high", torch.zeros(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.fc(x)
        self.low = torch.minimum(self.low, y.min())  #@ mutation|baked-state: trace onnx onnx_ts
        self.high = torch.maximum(self.high, y.max())  #@ mutation|baked-state: trace onnx onnx_ts
        scale = (self.high - self.low) / 15
        return ((y - self.low) / scale).round() * scale + self.low


def build_model():
    torch.manual_seed(35)
    return Observed().eval()


def example_inputs():
    torch.manual_seed(36)
    return {"narrow": (torch.randn(3, 4),), "wide": (torch.randn(3, 4) * 9,), "again": (torch.randn(3, 4),)}
