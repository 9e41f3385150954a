"""A masked language model whose output layer is the embedding table again."""

import torch
from torch import nn


class TiedModel(nn.Module):
    def __init__(self, vocab: int = 9, width: int = 4):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)
        self.body = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.decoder = nn.Linear(width, vocab)
        self.tie()

    def tie(self):
        self.decoder.weight = self.embed.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.body(self.embed(ids)))


def build_model():
    torch.manual_seed(763)
    return TiedModel().eval()


def example_inputs():
    return {"a": (torch.tensor([[1, 2, 3]]),), "b": (torch.tensor([[8, 8, 0]]),)}
