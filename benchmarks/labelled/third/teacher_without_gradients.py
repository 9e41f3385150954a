"""Self-distillation: the teacher's part runs inside no_grad(), and its targets are detached as well."""

import torch
from torch import nn

GRAD = True


class Distilled(nn.Module):
    def __init__(self, width: int = 4, classes: int = 3):
        super().__init__()
        self.student = nn.Linear(width, classes)
        self.teacher = nn.Linear(width, classes)
        self.register_buffer("centre", torch.linspace(-0.1, 0.1, classes))

    def forward(self, x: torch.Tensor, crop: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            target = ((self.teacher(x) - self.centre) / 0.4).softmax(-1)
        guess = self.student(crop).log_softmax(-1)
        return -(target.detach() * guess).sum(-1).mean()


def build_model():
    torch.manual_seed(607)
    return Distilled().train()


def example_inputs():
    torch.manual_seed(608)
    return {"near": (torch.randn(3, 4), torch.randn(3, 4)), "far": (torch.randn(3, 4) * 6, torch.randn(3, 4) * 6)}
