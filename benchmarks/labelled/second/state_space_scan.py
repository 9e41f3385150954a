"""A diagonal state-space layer, scanned step by step over sequences of one length."""

from typing import List

import torch
from torch import nn
from torch.nn import functional as F


class SelectiveScan(nn.Module):
    def __init__(self, width: int = 4, states: int = 3):
        super().__init__()
        self.log_a = nn.Parameter(torch.log(torch.arange(1, states + 1).float()).repeat(width, 1))
        self.to_step = nn.Linear(width, width)
        self.to_bc = nn.Linear(width, 2 * states)
        self.skip = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        step = F.softplus(self.to_step(x)).unsqueeze(-1)
        b, c = self.to_bc(x).chunk(2, dim=-1)
        decay = torch.exp(-step * torch.exp(self.log_a))
        drive = step * b.unsqueeze(2) * x.unsqueeze(-1)
        state = torch.zeros_like(drive[:, 0])
        outputs: List[torch.Tensor] = []
        for a_t, d_t, c_t in zip(decay.unbind(1), drive.unbind(1), c.unbind(1)):
            state = a_t * state + d_t
            outputs.append((state * c_t.unsqueeze(1)).sum(-1))
        return torch.stack(outputs, dim=1) + x * self.skip


def build_model():
    torch.manual_seed(359)
    return SelectiveScan().eval()


def example_inputs():
    torch.manual_seed(360)
    return {"calm": (torch.randn(2, 6, 4),), "loud": (torch.randn(2, 6, 4) * 2,)}
