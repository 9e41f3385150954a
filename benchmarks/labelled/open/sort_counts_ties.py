"""Tokens ranked by how often they occur: many have the same count, and the order among those is nobody's promise."""

import torch
from torch import nn


class FrequencyRank(nn.Module):
    def __init__(self, vocab: int = 40):
        super().__init__()
        self.vocab = vocab
        self.embed = nn.Embedding(vocab, 4)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        counts = torch.zeros(self.vocab).scatter_add(0, ids, torch.ones_like(ids, dtype=torch.float32))
        order = torch.argsort(counts, descending=True)  #@ numerical-mismatch: onnx onnx_ts
        return self.embed(order[:6])


def build_model():
    torch.manual_seed(73)
    return FrequencyRank().eval()


def example_inputs():
    torch.manual_seed(74)
    return {"few": (torch.tensor([3, 3, 9, 9, 30, 1, 1, 38]),), "flat": (torch.arange(30, 38),)}
