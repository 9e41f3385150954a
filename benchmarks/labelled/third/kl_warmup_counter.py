"""A variational loss whose KL term is faded in over the first calls, counted by the module itself."""

import torch
from torch import nn

SEQUENCE = True


class AnnealedLoss(nn.Module):
    calls: int

    def __init__(self, warmup: int = 4):
        super().__init__()
        self.warmup = warmup
        self.calls = 0
        self.encode = nn.Linear(5, 4)
        self.decode = nn.Linear(2, 5)

    @property
    def beta(self) -> float:
        return min(1.0, self.calls / self.warmup)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, logvar = self.encode(x).chunk(2, dim=-1)
        error = (self.decode(mean) - x).pow(2).sum(-1)
        divergence = 0.5 * (mean.pow(2) + logvar.exp() - 1 - logvar).sum(-1)
        loss = (error + self.beta * divergence).mean()
        self.calls += 1  #@ baked-state: export onnx onnx_ts; capture-failure|baked-state: trace
        return loss


def build_model():
    torch.manual_seed(531)
    return AnnealedLoss().train()


def example_inputs():
    torch.manual_seed(532)
    return {f"step_{i}": (torch.randn(3, 5),) for i in range(4)}
