"""A criterion with learned log-variances whose labels are smoothed in training only; examined as it is trained."""
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

log_softmax = partial(F.log_softmax, dim=-1)


class SmoothedCriterion(nn.Module):
    def __init__(self, classes=5, smoothing=0.2):
        super().__init__()
        self.classes = classes
        self.smoothing = smoothing

    def targets(self, y):
        hard = F.one_hot(y, self.classes).float()
        if self.training:  #@ baked-mode: onnx_ts
            return hard * (1 - self.smoothing) + self.smoothing / self.classes
        return hard

    def forward(self, logits, y):
        return -(self.targets(y) * log_softmax(logits)).sum(-1).mean()  #@ capture-failure: script


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(7, 10), nn.GELU())
        self.kind = nn.Linear(10, 5)
        self.size = nn.Linear(10, 1)
        self.criterion = SmoothedCriterion()
        self.log_vars = nn.Parameter(torch.zeros(2))

    def forward(self, x, kind, size):
        h = self.trunk(x)
        losses = torch.stack([
            self.criterion(self.kind(h), kind),
            F.mse_loss(self.size(h).squeeze(-1), size),
        ])
        return (losses * torch.exp(-self.log_vars) + self.log_vars).sum()


GRAD = True


def build_model():
    torch.manual_seed(0)
    return MultiTask().train()


def example_inputs():
    torch.manual_seed(1)
    return {
        "a": (torch.randn(3, 7), torch.tensor([0, 4, 2]), torch.randn(3)),
        "b": (torch.randn(3, 7), torch.tensor([1, 1, 3]), 3 * torch.randn(3)),
    }
