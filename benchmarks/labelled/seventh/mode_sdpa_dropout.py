"""Attention that is given its dropout probability in eval mode too."""

import torch
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(4, 12)
        self.p = 0.5

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        return F.scaled_dot_product_attention(q, k, v, dropout_p=self.p)  #@ baked-mode|baked-random|numerical-mismatch: onnx_ts onnx


def build_model():
    torch.manual_seed(0)
    return Attention().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(1, 1, 6, 4),), "b": (torch.randn(1, 1, 6, 4),)}
