"""ActNorm: the scale is taken from the first batch that the layer meets, and kept."""

import torch
from torch import nn

SEQUENCE = True


class ActNorm(nn.Module):
    def forward(self, x):
        if not hasattr(self, "scale"):  #@ baked-state|baked-branch: export onnx onnx_ts; capture-failure|baked-state|baked-branch: trace
            self.scale = 1 / (x.std(0, keepdim=True) + 1e-3)  #@ baked-state: export onnx onnx_ts; capture-failure: script
            self.shift = -x.mean(0, keepdim=True)  #@ baked-state: export onnx onnx_ts
        return (x + self.shift) * self.scale


class FlowStep(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.norm = ActNorm()
        self.mix = nn.Linear(width, width)

    def forward(self, x):
        return self.mix(self.norm(x))


def build_model():
    torch.manual_seed(337)
    return FlowStep().eval()


def example_inputs():
    torch.manual_seed(338)
    return {"first": (torch.randn(6, 4) * 3,), "second": (torch.randn(6, 4) + 2,), "third": (torch.randn(6, 4),)}
