"""Quantisation-aware blocks: an observer follows the range of the activations, which are then rounded to its grid."""
import torch
from torch import nn


class RangeObserver(nn.Module):
    bound: torch.Tensor

    def __init__(self, momentum: float = 0.5):
        super().__init__()
        self.momentum = momentum
        self.register_buffer("bound", torch.tensor(1.0))

    def forward(self, x):
        peak = x.detach().abs().max()
        self.bound.mul_(self.momentum).add_(peak, alpha=1 - self.momentum)  #@ mutation|baked-state: onnx onnx_ts
        return self.bound


class QuantLinear(nn.Module):
    def __init__(self, in_features: int, out_features: int, bits: int = 6):
        super().__init__()
        self.observer = RangeObserver()
        self.linear = nn.Linear(in_features, out_features)
        self.qmax = 2 ** (bits - 1) - 1

    def quantise(self, x, scale: float):
        grid = torch.round(x / scale).clamp(-self.qmax - 1, self.qmax)
        return grid * scale

    def forward(self, x):
        bound = self.observer(x)
        scale = bound.item() / self.qmax  #@ baked-constant|capture-failure: trace; baked-constant: onnx_ts; graph-break: dynamo
        return self.linear(self.quantise(x, scale))


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return nn.Sequential(QuantLinear(5, 7), nn.ReLU(), QuantLinear(7, 3)).eval()


def example_inputs():
    torch.manual_seed(4)
    return {"calm": (torch.randn(4, 5),), "loud": (torch.randn(4, 5) * 4,), "louder": (torch.randn(4, 5) * 9,)}
