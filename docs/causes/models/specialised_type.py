"""A branch that asks what kind of input there is (None, a type, a rank, a key) is decided once.

Whether an argument is None, or how many dimensions it has, is known to Python and not to the graph. The capture
follows the form of its example. An input of another form does not fit the graph: it is ignored, refused or misread.
"""

import torch
from torch import nn


class MeanPooling(nn.Module):
    """Average the word vectors of one sentence, or of each sentence of a batch."""

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        if words.dim() == 3:
            return words.mean(1)
        return words.mean(0)


def build_model() -> nn.Module:
    return MeanPooling().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(0)
    return {
        "one sentence": (torch.randn(4, 2),),
        "a batch": (torch.randn(3, 4, 2),),
    }
