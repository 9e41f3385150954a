"""A dynamic loss scale: halved when the scaled value overflows half precision, with the scale in a buffer."""

import torch
from torch import nn

SEQUENCE = True


class ScaledHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.register_buffer("scale", torch.tensor(1024.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scaled = self.fc(x) * self.scale
        half = scaled.half().float()
        if torch.isfinite(half).all():  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            return half / self.scale
        self.scale.mul_(0.5)
        return torch.zeros_like(x)


def build_model():
    torch.manual_seed(219)
    return ScaledHead().eval()


def example_inputs():
    torch.manual_seed(220)
    return {"usual": (torch.randn(2, 4),), "overflow": (torch.randn(2, 4) * 1000,), "after": (torch.randn(2, 4),)}
