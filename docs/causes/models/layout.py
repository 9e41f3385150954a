"""A tensor has the same numbers in the same shape, stored in another order in memory.

How a tensor lies in memory is told by its strides: row by row, or with the channels next to each other
(`channels_last`). An exporter that breaks an operation down to simpler ones may not lay the result out as eager does.

It is harmless: indexing gives the same number in both. Only code that looks at the memory itself can tell: `view`,
`is_contiguous`, or a kernel that is fast for one order.
"""

import torch
from torch import nn


class ShiftedWindows(nn.Module):
    """Shift an image by half a window before attention, as Swin transformers do."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        shifted = torch.roll(image, shifts=(1, 1), dims=(2, 3))
        return shifted.relu()


def build_model() -> nn.Module:
    return ShiftedWindows().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(0)
    return {
        "one": (torch.randn(1, 2, 4, 4).to(memory_format=torch.channels_last),),
        "another": (torch.randn(1, 2, 4, 4).to(memory_format=torch.channels_last),),
    }
