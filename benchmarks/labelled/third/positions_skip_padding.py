"""Position numbers that count only tokens that are not padding, from a cumulative sum over the mask."""

import torch
from torch import nn


class PaddedEmbedding(nn.Module):
    def __init__(self, vocab: int = 10, most: int = 8, width: int = 4, padding: int = 0):
        super().__init__()
        self.padding = padding
        self.tokens = nn.Embedding(vocab, width, padding_idx=padding)
        self.positions = nn.Embedding(most, width, padding_idx=padding)

    def numbered(self, ids: torch.Tensor) -> torch.Tensor:
        real = ids.ne(self.padding).long()
        return torch.cumsum(real, dim=1) * real + self.padding

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.tokens(ids) + self.positions(self.numbered(ids))


def build_model():
    torch.manual_seed(611)
    return PaddedEmbedding().eval()


def example_inputs():
    return {
        "full": (torch.tensor([[3, 4, 5, 6], [7, 8, 9, 1]]),),
        "padded": (torch.tensor([[3, 4, 0, 0], [7, 0, 0, 0]]),),
        "empty": (torch.zeros(2, 4, dtype=torch.int64),),
    }
