"""Irregular time series: a helper refuses observations that are not in order."""

import torch
from torch import nn


def require(condition: torch.Tensor, message: str) -> None:
    if not condition:  #@ lost-check: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
        raise ValueError(message)


class DecayedSum(nn.Module):
    def __init__(self, width: int = 3):
        super().__init__()
        self.rate = nn.Parameter(torch.rand(width) + 0.2)

    def forward(self, times: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        require((times[1:] > times[:-1]).all(), "times must increase")
        ages = (times[-1] - times).unsqueeze(-1)
        return (values * torch.exp(-self.rate * ages)).sum(0)


def build_model():
    torch.manual_seed(565)
    return DecayedSum().eval()


def example_inputs():
    torch.manual_seed(566)
    values = torch.randn(4, 3)
    return {
        "ordered": (torch.tensor([0.0, 0.5, 0.7, 2.0]), values),
        "mixed": (torch.tensor([0.0, 0.9, 0.7, 2.0]), values),
    }
