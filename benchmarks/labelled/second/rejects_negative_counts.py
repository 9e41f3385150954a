"""A Poisson likelihood for counts: a check of the arguments, as distributions have it, comes before."""

import torch
from torch import nn


def check_counts(counts: torch.Tensor) -> torch.Tensor:
    if (counts < 0).any():  #@ lost-check: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
        raise ValueError("counts must not be negative")
    return counts


class PoissonScore(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.rate = nn.Linear(width, 1)

    def forward(self, x: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
        counts = check_counts(counts)
        log_rate = self.rate(x).squeeze(-1)
        return counts * log_rate - log_rate.exp() - (counts + 1).abs().log()


def build_model():
    torch.manual_seed(381)
    return PoissonScore().eval()


def example_inputs():
    torch.manual_seed(382)
    x = torch.randn(3, 4)
    return {
        "fine": (x, torch.tensor([0.0, 2.0, 5.0])),
        "wrong": (x, torch.tensor([1.0, -1.0, 3.0])),
        "large": (x, torch.tensor([9.0, 8.0, 7.0])),
    }
