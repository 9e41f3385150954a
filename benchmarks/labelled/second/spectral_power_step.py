"""A linear layer divided by an estimate of its largest singular value, refined by one power iteration per call."""

import torch
from torch import nn
from torch.nn import functional as F

SEQUENCE = True


class SpectralLinear(nn.Linear):
    def __init__(self, inputs: int, outputs: int, rounds: int = 1):
        super().__init__(inputs, outputs)
        self.rounds = rounds
        self.register_buffer("u", F.normalize(torch.randn(outputs), dim=0))

    def sigma(self) -> torch.Tensor:
        u = self.u
        v = F.normalize(self.weight.t().mv(u), dim=0)
        for _ in range(self.rounds):
            v = F.normalize(self.weight.t().mv(u), dim=0)
            u = F.normalize(self.weight.mv(v), dim=0)
        if self.training:
            self.u.copy_(u)  #@ mutation|baked-state: trace onnx onnx_ts
        return u.dot(self.weight.mv(v))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.weight / self.sigma(), self.bias)


def build_model():
    torch.manual_seed(315)
    return SpectralLinear(5, 4).train()


def example_inputs():
    torch.manual_seed(316)
    return {f"step_{i}": (torch.randn(3, 5),) for i in range(4)}
