"""There is no graph: the capture refuses the model, and says at which line and why.

Each way of capturing covers a part of Python and of torch. Where the model leaves that part, the honest answer is
a refusal. It is an error, as nothing can be deployed, but it is the loud kind: no wrong result comes of it.
"""

import torch
from torch import nn


class BestBox(nn.Module):
    """Return the mean of the boxes that score well, or zeros where none does."""

    def forward(self, boxes: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        kept = boxes[scores > 0.5]
        if len(kept) == 0:
            return torch.zeros(4)
        return kept.mean(0)


def build_model() -> nn.Module:
    return BestBox().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    torch.manual_seed(0)
    boxes = torch.rand(3, 4)
    return {
        "two good boxes": (boxes, torch.tensor([0.9, 0.2, 0.7])),
        "no good box": (boxes, torch.tensor([0.1, 0.2, 0.3])),
    }
