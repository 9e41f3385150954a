"""A graph captured without the optional mask has no place for one: the branch on None is gone."""

import torch
from torch import nn


class MaskedMean(nn.Module):
    """Average the words of each sentence, without those that the mask leaves out."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.embed = nn.Linear(width, width)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        h = self.embed(x)

        if mask is None:
            return h.mean(1)

        kept = mask.unsqueeze(-1)
        return (h * kept).sum(1) / kept.sum(1)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return MaskedMean().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor, ...]]:
    torch.manual_seed(1)
    x = torch.randn(2, 4, 8)
    mask = torch.tensor([[1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]])

    return {"without_mask": (x,), "with_mask": (x, mask)}
