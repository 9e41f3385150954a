"""Dynamo, the front end of `torch.compile`, ends one graph, runs a piece of Python, and begins another graph.

The results stay right, so it is a warning. But what lies on both sides of the break cannot be optimised together, each
break costs time, and a compilation that must have the whole graph (`fullgraph=True`) refuses the model.
"""

import torch
from torch import nn


class TrimmedMean(nn.Module):
    """Cut the padding off a batch, then average what is left."""

    def forward(self, words: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        words = words.relu()
        longest = lengths.max().item()
        return words[:, :longest].sum(1) / lengths[:, None]


def build_model() -> nn.Module:
    return TrimmedMean().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    torch.manual_seed(0)
    words = torch.randn(2, 6, 3)
    words[:, 4:] = 0
    return {
        "long": (words, torch.tensor([4, 4])),
        "short": (words * (torch.arange(6) < 2)[:, None], torch.tensor([2, 2])),
    }
