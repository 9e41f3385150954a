"""No size depends on the data any more: boxes that do not count have the weight zero instead of being taken out."""

import torch
from torch import nn


class BestBox(nn.Module):
    """Return the mean of the boxes that score well, or zeros where none does."""

    def forward(self, boxes: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        weights = (scores > 0.5).float()
        return weights @ boxes / weights.sum().clamp(min=1)


def build_model() -> nn.Module:
    return BestBox().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    torch.manual_seed(0)
    boxes = torch.rand(3, 4)
    return {
        "two good boxes": (boxes, torch.tensor([0.9, 0.2, 0.7])),
        "no good box": (boxes, torch.tensor([0.1, 0.2, 0.3])),
    }
