"""Attention under a boolean mask, in which a padded query may attend to nothing at all."""

import torch
import torch.nn.functional as F
from torch import nn


class MaskedAttention(nn.Module):
    def __init__(self, width: int = 4, heads: int = 2):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)

    def forward(self, x: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        q, k, v = self.qkv(x).unflatten(-1, (self.heads, -1)).transpose(1, 2).chunk(3, dim=-1)
        allowed = real[:, None, None, :] & real[:, None, :, None]
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=allowed)  #@ numerical-mismatch: onnx
        return mixed.transpose(1, 2).flatten(2)


def build_model():
    torch.manual_seed(749)
    return MaskedAttention().eval()


def example_inputs():
    torch.manual_seed(750)
    x = torch.randn(2, 3, 4)
    real = torch.tensor([[True, True, True], [True, True, True]])
    padded = torch.tensor([[True, True, True], [True, False, False]])
    return {"full": (x, real), "padded": (x, padded)}
