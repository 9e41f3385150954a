"""A series with gaps: the last seen value is carried forward, step by step, before the model sees it."""

import torch
from torch import nn


class GapFiller(nn.Module):
    def __init__(self, steps: int = 6):
        super().__init__()
        self.start = nn.Parameter(torch.tensor(0.5))
        self.read = nn.Linear(steps, 2)

    def forward(self, series: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        last = self.start.expand(series.shape[0])
        filled = []
        for value, there in zip(series.unbind(1), seen.unbind(1)):
            last = torch.where(there, value, last)
            filled.append(last)
        return self.read(torch.stack(filled, dim=1))


def build_model():
    torch.manual_seed(767)
    return GapFiller().eval()


def example_inputs():
    torch.manual_seed(768)
    return {
        "whole": (torch.randn(3, 6), torch.ones(3, 6, dtype=torch.bool)),
        "gaps": (torch.randn(3, 6), torch.rand(3, 6) > 0.5),
        "empty": (torch.randn(3, 6), torch.zeros(3, 6, dtype=torch.bool)),
    }
