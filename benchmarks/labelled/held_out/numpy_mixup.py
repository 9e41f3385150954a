"""Mixup inside the model: the share is drawn by NumPy on every call."""

import numpy as np
import torch
from torch import nn

SEQUENCE = True


class Mixup(nn.Module):
    def __init__(self, alpha: float = 0.8):
        super().__init__()
        self.alpha = alpha
        self.fc = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        share = float(np.random.beta(self.alpha, self.alpha))  #@ baked-random: export onnx onnx_ts; baked-random|capture-failure: trace; capture-failure: script; graph-break: dynamo
        mixed = share * x + (1 - share) * x.flip(0)
        return self.fc(mixed)


def build_model():
    torch.manual_seed(239)
    return Mixup().eval()


def example_inputs():
    torch.manual_seed(240)
    x = torch.randn(2, 4) * 3
    return {"draw_0": (x,), "draw_1": (x,), "draw_2": (x,)}
