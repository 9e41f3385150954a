"""Monte Carlo dropout: dropout is left awake in an eval model, to average several passes and tell their spread."""

import torch
from torch import nn


class MonteCarlo(nn.Module):
    def __init__(self, passes: int = 4):
        super().__init__()
        self.passes = passes
        self.hidden = nn.Linear(6, 16)
        self.drop = nn.Dropout(0.5)
        self.read = nn.Linear(16, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = torch.relu(self.hidden(x))
        total = torch.zeros(x.shape[0], 2)
        for _ in range(self.passes):
            total = total + self.read(self.drop(h))  #@ baked-mode|baked-random|numerical-mismatch: onnx onnx_ts
        return total / self.passes


def build_model():
    torch.manual_seed(247)
    model = MonteCarlo().eval()
    model.drop.train()
    return model


def example_inputs():
    torch.manual_seed(248)
    return {"a": (torch.randn(2, 6) * 2,), "b": (torch.randn(2, 6) * 5,)}
