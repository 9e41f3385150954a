"""Rotary attention whose tables are cached by length, as language-model code does it."""
import torch
import torch.nn.functional as F
from torch import nn


def rotate_half(x):
    a, b = x.chunk(2, dim=-1)
    return torch.cat((-b, a), dim=-1)


class Rotary(nn.Module):
    def __init__(self, dim, base=10000.0):
        super().__init__()
        self.register_buffer("inv_freq", base ** (-torch.arange(0, dim, 2).float() / dim), persistent=False)
        self._tables = {}

    def forward(self, x):
        n = x.shape[-2]  #@ specialised-shape|baked-constant: export onnx onnx_ts
        key = (n, x.dtype)
        if key not in self._tables:  #@ capture-failure: script
            angles = torch.outer(torch.arange(n).float(), self.inv_freq)
            angles = torch.cat((angles, angles), dim=-1)
            self._tables[key] = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        return self._tables[key]


class Attention(nn.Module):
    def __init__(self, dim=16, heads=2):
        super().__init__()
        self.heads = heads
        self.head_dim = dim // heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.proj = nn.Linear(dim, dim, bias=False)
        self.rotary = Rotary(self.head_dim)

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, self.head_dim)).permute(2, 0, 3, 1, 4)
        cos, sin = self.rotary(q)
        q = q * cos + rotate_half(q) * sin
        k = k * cos + rotate_half(k) * sin
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.proj(out.transpose(1, 2).flatten(2))


def build_model():
    torch.manual_seed(0)
    return Attention().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"first": (torch.randn(1, 5, 16),), "again": (torch.randn(1, 5, 16),), "longer": (torch.randn(1, 9, 16),)}
