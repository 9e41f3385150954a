"""A reward normaliser that takes its statistics from the first batch and moves them slowly after."""

import torch
from torch import nn

SEQUENCE = True


class RunningNorm(nn.Module):
    def __init__(self, width: int = 3, rate: float = 0.2):
        super().__init__()
        self.rate = rate
        self.register_buffer("seen", torch.zeros((), dtype=torch.long))
        self.register_buffer("mean", torch.zeros(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch = x.mean(0)
        if self.seen == 0:  #@ capture-failure|baked-branch|baked-state: trace; capture-failure: export onnx; graph-break: dynamo
            self.mean.copy_(batch)  #@ capture-failure: onnx_ts
        else:
            self.mean.lerp_(batch, self.rate)
        self.seen.add_(1)
        return x - self.mean


def build_model():
    torch.manual_seed(49)
    return RunningNorm().eval()


def example_inputs():
    torch.manual_seed(50)
    return {"first": (torch.randn(4, 3) + 5,), "second": (torch.randn(4, 3) - 5,), "third": (torch.randn(4, 3),)}
