"""Attention whose logits are scaled with the logarithm of the length, so that it stays sharp on long texts."""

import math

import torch
from torch import nn


class LogScaledAttention(nn.Module):
    def __init__(self, width: int = 6, usual: int = 4):
        super().__init__()
        self.usual = usual
        self.qkv = nn.Linear(width, 3 * width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        scale = math.log(x.shape[1]) / math.log(self.usual)  #@ baked-constant|specialised-shape: trace export onnx onnx_ts
        return (scale * q @ k.transpose(1, 2)).softmax(-1) @ v


def build_model():
    torch.manual_seed(547)
    return LogScaledAttention().eval()


def example_inputs():
    torch.manual_seed(548)
    return {
        "usual": (torch.randn(1, 4, 6) * 3,),
        "long": (torch.randn(1, 12, 6) * 3,),
        "short": (torch.randn(1, 2, 6) * 3,),
    }
