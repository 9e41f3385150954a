"""An activation that has another formula for ONNX, from a time when the exporter did not know the right one."""

import torch
from torch import nn


class QuickWhenExported(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if torch.onnx.is_in_onnx_export():  #@ numerical-mismatch|baked-branch: onnx onnx_ts; capture-failure: script
            return x * torch.sigmoid(1.702 * x)
        return 0.5 * x * (1 + torch.erf(x * 0.5**0.5))


class FeedForward(nn.Module):
    def __init__(self, width: int = 6):
        super().__init__()
        self.up = nn.Linear(width, 2 * width)
        self.act = QuickWhenExported()
        self.down = nn.Linear(2 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.down(self.act(self.up(x)))


def build_model():
    torch.manual_seed(723)
    return FeedForward().eval()


def example_inputs():
    torch.manual_seed(724)
    return {"usual": (torch.randn(2, 6),), "large": (torch.randn(2, 6) * 4,)}
