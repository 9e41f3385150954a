"""Block-sparse attention as in BigBird: the layout of window, global and random blocks is drawn once, by loops."""
import math
import random

import torch
from torch import nn
from torch.jit import Final


class BlockSparseAttention(nn.Module):
    NEGATIVE: Final[float] = -1e4

    def __init__(self, dim, heads, length, block):
        super().__init__()
        self.heads, self.dk = heads, dim // heads
        self.query, self.key, self.value = (nn.Linear(dim, dim) for _ in range(3))
        self.register_buffer("bias", self._layout(length, block, 1, random.Random(0)))  # noqa: S311

    @classmethod
    def _layout(cls, length, block, n_random, rng):
        blocks = length // block
        allowed = torch.zeros(length, length, dtype=torch.bool)
        for i in range(blocks):
            keys = {0, i}
            if i > 0:
                keys.add(i - 1)
            if i + 1 < blocks:
                keys.add(i + 1)
            rest = [j for j in range(blocks) if j not in keys]
            keys.update(rng.sample(rest, min(n_random, len(rest))))
            for j in sorted(keys):
                allowed[i * block : (i + 1) * block, j * block : (j + 1) * block] = True
        allowed[:block] = True
        return torch.where(allowed, 0.0, cls.NEGATIVE)

    def split(self, x):
        return x.view(x.size(0), x.size(1), self.heads, self.dk).transpose(1, 2)

    def forward(self, x, padding):
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.dk) + self.bias
        scores = scores.masked_fill(padding[:, None, None, :], self.NEGATIVE)
        out = torch.softmax(scores, dim=-1) @ v
        out = out.transpose(1, 2).flatten(2)
        return out.masked_fill(padding.unsqueeze(-1), 0.0)


def build_model():
    torch.manual_seed(0)
    return BlockSparseAttention(dim=8, heads=2, length=12, block=2).eval()


def example_inputs():
    torch.manual_seed(1)
    full = torch.zeros(2, 12, dtype=torch.bool)
    padded = full.clone()
    padded[0, 9:] = True
    padded[1, 4:] = True
    return {"full": (torch.randn(2, 12, 8), full), "padded": (torch.randn(2, 12, 8), padded)}
