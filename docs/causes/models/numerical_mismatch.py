"""The graph has the same operations and returns other numbers.

An operation may leave something open that two runtimes settle in different ways: in which order a sort puts equal
values, how it rounds, or what becomes of an overflow. The structure matches box by box, and the values are apart by
more than rounding explains.
"""

import torch
from torch import nn


class MostFrequent(nn.Module):
    """Rank words by how often they occur."""

    def forward(self, counts: torch.Tensor) -> torch.Tensor:
        order = torch.argsort(counts, descending=True)
        return order[:5]


def build_model() -> nn.Module:
    return MostFrequent().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(0)
    return {
        "all different": (torch.randperm(40),),
        "many the same": (torch.randperm(40) // 8,),
    }
