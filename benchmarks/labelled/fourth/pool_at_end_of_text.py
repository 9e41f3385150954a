"""A text encoder that reads the position of the end token, the one with the highest number."""

import torch
from torch import nn


class TextTower(nn.Module):
    def __init__(self, vocab: int = 10, width: int = 4):
        super().__init__()
        self.tokens = nn.Embedding(vocab, width)
        self.mix = nn.Linear(width, width)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        hidden = torch.tanh(self.mix(self.tokens(ids).cumsum(1)))
        end = ids.argmax(-1)
        return hidden[torch.arange(ids.shape[0]), end]


def build_model():
    torch.manual_seed(757)
    return TextTower().eval()


def example_inputs():
    return {
        "early": (torch.tensor([[3, 9, 0, 0], [4, 5, 9, 0]]),),
        "late": (torch.tensor([[3, 1, 2, 9], [9, 0, 0, 0]]),),
    }
