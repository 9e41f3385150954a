"""The model writes into a tensor that its caller keeps, and the graph does not.

In eager an in-place operation such as `+=` on a slice changes the caller's own tensor, seen after the call. Some
graphs are functions without side effects: they return the right result and leave the argument as it was, so that code
which reads the argument afterwards finds other values.
"""

import torch
from torch import nn


class ToCorners(nn.Module):
    """Turn boxes given by corner and size into boxes given by two corners, and return their areas."""

    def forward(self, boxes: torch.Tensor) -> torch.Tensor:
        area = boxes[:, 2] * boxes[:, 3]
        boxes[:, 2:] += boxes[:, :2]
        return area


def build_model() -> nn.Module:
    return ToCorners().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "one box": (torch.tensor([[10.0, 20.0, 4.0, 5.0]]),),
        "another": (torch.tensor([[30.0, 10.0, 2.0, 6.0]]),),
    }
