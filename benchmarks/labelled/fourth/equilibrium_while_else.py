"""A deep equilibrium layer: iterated until it rests, and averaged over the last two steps where it never does."""

import torch
from torch import nn


class Equilibrium(nn.Module):
    def __init__(self, width: int = 5, most: int = 10, still: float = 1e-2):
        super().__init__()
        self.most, self.still = most, still
        self.inject = nn.Linear(width, width)
        self.cell = nn.Linear(width, width, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        z = torch.zeros_like(x)
        step = 0
        while step < self.most:  #@ capture-failure: script
            before, z = z, torch.tanh(self.cell(z) + self.inject(x))
            if (z - before).norm() < self.still:  #@ baked-branch|unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                break
            step += 1
        else:
            z = 0.5 * (before + z)
        return z


def build_model():
    torch.manual_seed(731)
    model = Equilibrium()
    with torch.no_grad():
        model.cell.weight.mul_(1.6)
    return model.eval()


def example_inputs():
    torch.manual_seed(732)
    x = torch.randn(2, 5)
    return {"usual": (x,), "saturated": (x * 9,), "weak": (x * 0.01,)}
