"""No two keys are equal: the place in the list decides between equal counts, and one order is left."""

import torch
from torch import nn


class MostFrequent(nn.Module):
    """Rank words by how often they occur."""

    def forward(self, counts: torch.Tensor) -> torch.Tensor:
        size = counts.shape[0]
        keys = counts * size - torch.arange(size)
        order = torch.argsort(keys, descending=True)
        return order[:5]


def build_model() -> nn.Module:
    return MostFrequent().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(0)
    return {
        "all different": (torch.randperm(40),),
        "many the same": (torch.randperm(40) // 8,),
    }
