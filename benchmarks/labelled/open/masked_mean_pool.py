"""Sentence pooling over the real tokens only: lengths become a mask, never a Python number."""

import torch
from torch import nn


class SentenceEncoder(nn.Module):
    def __init__(self, vocab: int = 30, width: int = 12):
        super().__init__()
        self.embed = nn.Embedding(vocab, width, padding_idx=0)
        self.mix = nn.Linear(width, width)
        self.register_buffer("steps", torch.arange(7))

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        hidden = torch.tanh(self.mix(self.embed(ids)))
        mask = (self.steps.unsqueeze(0) < lengths.unsqueeze(1)).unsqueeze(-1).to(hidden.dtype)
        total = (hidden * mask).sum(1)
        return total / mask.sum(1).clamp(min=1.0)


def build_model():
    torch.manual_seed(11)
    return SentenceEncoder().eval()


def example_inputs():
    torch.manual_seed(12)
    ids = torch.randint(1, 30, (3, 7))
    return {
        "full": (ids, torch.tensor([7, 7, 7])),
        "ragged": (ids, torch.tensor([7, 2, 4])),
        "an_empty_one": (ids, torch.tensor([3, 0, 1])),
    }
