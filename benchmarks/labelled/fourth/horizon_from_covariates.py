"""A forecaster that makes one step for every row of known future covariates."""

import torch
from torch import nn


class Forecaster(nn.Module):
    def __init__(self, covariates: int = 3, width: int = 6):
        super().__init__()
        self.cell = nn.GRUCell(covariates + 1, width)
        self.read = nn.Linear(width, 1)

    def forward(self, last: torch.Tensor, state: torch.Tensor, future: torch.Tensor) -> torch.Tensor:
        forecast = []
        for known in future:  #@ unrolled-loop|specialised-shape: trace export onnx onnx_ts
            state = self.cell(torch.cat([known, last], dim=-1), state)
            last = last + self.read(state)
            forecast.append(last)
        return torch.stack(forecast)


def build_model():
    torch.manual_seed(707)
    return Forecaster().eval()


def example_inputs():
    torch.manual_seed(708)
    last, state = torch.randn(2, 1), torch.randn(2, 6)
    return {"week": (last, state, torch.randn(7, 2, 3)), "days": (last, state, torch.randn(3, 2, 3))}
