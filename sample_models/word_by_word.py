"""Tracing unrolls a loop over the words into as many steps as the first sentence had words."""

import torch
from torch import nn


class WordByWord(nn.Module):
    """Read one word after the other and answer from the last state."""

    def __init__(self, vocabulary: int = 30, width: int = 12) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.cell = nn.GRUCell(width, width)
        self.head = nn.Linear(width, 2)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.embed(words)
        state = torch.zeros_like(x[0])

        for position in range(words.shape[0]):
            state = self.cell(x[position], state)

        return self.head(state)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return WordByWord().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {
        "four_words": (torch.randint(30, (4, 1)),),
        "four_others": (torch.randint(30, (4, 1)),),
        "seven_words": (torch.randint(30, (7, 1)),),  # the last three are not read
        "two_words": (torch.randint(30, (2, 1)),),  # there is no third word to read
    }
