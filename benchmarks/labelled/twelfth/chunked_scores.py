"""Memory-saving attention: queries are taken in chunks of a fixed size, however long the document is."""
import torch
from torch import nn


def attend(q, k, v):
    scores = q @ k.transpose(-2, -1) * q.size(-1) ** -0.5
    return scores.softmax(dim=-1) @ v


class ChunkedAttention(nn.Module):
    def __init__(self, dim: int, chunk_size: int):
        super().__init__()
        self.chunk_size = chunk_size
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        outs = []
        for start in range(0, q.size(1), self.chunk_size):  #@ unrolled-loop: trace; unrolled-loop|specialised-shape: export onnx onnx_ts
            queries = q[:, start : start + self.chunk_size]
            outs.append(attend(queries, k, v))
        return self.proj(torch.cat(outs, dim=1))


class DocumentEncoder(nn.Module):
    def __init__(self, dim: int = 8, depth: int = 2, chunk_size: int = 4):
        super().__init__()
        self.blocks = nn.ModuleList([ChunkedAttention(dim, chunk_size) for _ in range(depth)])
        self.norms = nn.ModuleList([nn.LayerNorm(dim) for _ in range(depth)])

    def forward(self, x):
        for norm, block in zip(self.norms, self.blocks):
            x = x + block(norm(x))
        return x.mean(dim=1)


def build_model():
    torch.manual_seed(0)
    return DocumentEncoder().eval()


def example_inputs():
    torch.manual_seed(15)
    return {"page": (torch.randn(1, 8, 8),), "chapter": (torch.randn(1, 14, 8),)}
