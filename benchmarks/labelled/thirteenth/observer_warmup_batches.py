"""Fake quantisation that only watches the range at first, and rounds after a few batches."""
import torch
from torch import nn

SEQUENCE = True


class WarmObserver(nn.Module):
    def __init__(self, warmup=5):
        super().__init__()
        self.warmup = warmup
        self.register_buffer("seen", torch.tensor(0))
        self.register_buffer("bound", torch.tensor(1.0))

    def forward(self, x):
        self.seen.add_(1)  #@ baked-state|mutation: onnx_ts
        if self.seen < self.warmup:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            return x
        scale = self.bound / 7
        return (x / scale).round().clamp(-7, 7) * scale


def build_model():
    torch.manual_seed(0)
    return WarmObserver().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"batch{index}": (torch.randn(2, 4),) for index in range(8)}
