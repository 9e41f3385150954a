"""Attention with a preallocated key/value cache, a cursor into it as a Python number, and one token per call."""
import math

import torch
from torch import nn


class KVCache(nn.Module):
    k: torch.Tensor
    v: torch.Tensor

    def __init__(self, batch: int, max_len: int, dim: int):
        super().__init__()
        self.register_buffer("k", torch.zeros(batch, max_len, dim), persistent=False)
        self.register_buffer("v", torch.zeros(batch, max_len, dim), persistent=False)
        self.cursor = 0

    def append(self, k, v):
        end = self.cursor + 1
        self.k[:, self.cursor:end] = k  #@ mutation|baked-state: onnx onnx_ts
        self.v[:, self.cursor:end] = v  #@ mutation|baked-state: onnx onnx_ts
        self.cursor = end  #@ baked-state|capture-failure: trace; baked-state: export onnx onnx_ts
        return self.k[:, :end], self.v[:, :end]


class CachedAttention(nn.Module):
    def __init__(self, dim: int = 6, batch: int = 2, max_len: int = 8):
        super().__init__()
        self.scale = 1 / math.sqrt(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.cache = KVCache(batch, max_len, dim)

    def forward(self, token):
        q, k, v = self.qkv(token).chunk(3, dim=-1)
        keys, values = self.cache.append(k, v)
        weights = (q @ keys.transpose(1, 2) * self.scale).softmax(-1)
        return self.out(weights @ values)


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return CachedAttention().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"token {i}": (torch.randn(2, 1, 6),) for i in range(3)}
