"""A learned-step quantiser whose rounding passes gradients straight through, as a custom autograd function."""

import torch
from torch import nn

GRAD = True


class RoundPass(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):  # noqa: ARG004
        return torch.round(x)

    @staticmethod
    def backward(ctx, grad):  # noqa: ARG004
        return grad


class LearnedStep(nn.Module):
    def __init__(self, bits: int = 4):
        super().__init__()
        self.most = 2 ** (bits - 1) - 1
        self.step = nn.Parameter(torch.tensor(0.11))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        levels = (x / self.step).clamp(-self.most - 1, self.most)
        return RoundPass.apply(levels) * self.step


class QuantisedMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.quantise = LearnedStep()
        self.fc = nn.Linear(6, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.quantise(x))


def build_model():
    torch.manual_seed(317)
    return QuantisedMLP().eval()


def example_inputs():
    torch.manual_seed(318)
    return {"usual": (torch.randn(3, 6),), "large": (torch.randn(3, 6) * 20,)}
