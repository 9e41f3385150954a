"""Early stopping without a branch: all steps are taken, and samples that have settled keep their state."""

import torch
from torch import nn


class Settling(nn.Module):
    def __init__(self, width: int = 4, steps: int = 5, tolerance: float = 0.05):
        super().__init__()
        self.steps, self.tolerance = steps, tolerance
        self.step = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        settled = torch.zeros(x.shape[0], 1, dtype=torch.bool)
        taken = torch.zeros(x.shape[0], 1)
        for _ in range(self.steps):
            proposed = 0.5 * x + 0.5 * torch.tanh(self.step(x))
            change = (proposed - x).abs().amax(-1, keepdim=True)
            x = torch.where(settled, x, proposed)
            taken = taken + (~settled).to(taken.dtype)
            settled = settled | (change < self.tolerance)
        return torch.cat([x, taken], dim=-1)


def build_model():
    torch.manual_seed(621)
    return Settling().eval()


def example_inputs():
    torch.manual_seed(622)
    x = torch.randn(3, 4)
    return {"usual": (x,), "wild": (x * 50,), "still": (x * 0.001,)}
