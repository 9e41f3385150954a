"""Missing readings are NaN, and a window with one in it must count as missing: its maximum is NaN as well."""

import torch
from torch import nn


class WindowMax(nn.Module):
    def __init__(self, window: int = 4, fallback: float = -1.0):
        super().__init__()
        self.window, self.fallback = window, fallback
        self.fc = nn.Linear(3, 2)

    def forward(self, readings: torch.Tensor) -> torch.Tensor:
        windows = readings.unflatten(1, (-1, self.window))
        highest = windows.amax(2)  #@ numerical-mismatch: onnx onnx_ts
        highest = torch.where(torch.isnan(highest), self.fallback, highest)
        return self.fc(highest)


def build_model():
    torch.manual_seed(387)
    return WindowMax().eval()


def example_inputs():
    torch.manual_seed(388)
    x = torch.randn(2, 12)
    gaps = x.clone()
    gaps[0, 1], gaps[1, 6] = torch.nan, torch.nan
    return {"whole": (x,), "gaps": (gaps,)}
