"""Group-robust training: the loss is that of the worst group, found with Python's own max()."""

import torch
from torch import nn
from torch.nn import functional as F


class WorstGroup(nn.Module):
    def __init__(self, groups: int = 3):
        super().__init__()
        self.groups = groups
        self.fc = nn.Linear(4, 1)

    def forward(self, x, target):
        errors = F.mse_loss(self.fc(x).squeeze(-1), target, reduction="none")
        losses = [part.mean() for part in errors.chunk(self.groups)]
        return max(losses) + 0.1 * sum(losses)  #@ baked-branch: trace onnx_ts; capture-failure: script


def build_model():
    torch.manual_seed(517)
    return WorstGroup().eval()


def example_inputs():
    torch.manual_seed(518)
    x = torch.randn(6, 4)
    return {
        "first": (x, torch.tensor([9.0, 9.0, 0.0, 0.0, 0.0, 0.0])),
        "last": (x, torch.tensor([0.0, 0.0, 0.0, 0.0, 9.0, 9.0])),
    }
