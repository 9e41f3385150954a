"""What the model remembers between calls in a Python attribute stands still in the graph.

Eager changes the attribute on every call and reads it on the next. To the capture it is a plain number: the graph
holds the value of the one call that was captured, and the change itself is not in it at all.
"""

import torch
from torch import nn

SEQUENCE = True  # one model sees the examples in order


class StreamingPosition(nn.Module):
    """Add the position in the stream to chunks that arrive one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def forward(self, chunk: torch.Tensor) -> torch.Tensor:
        position = self.seen
        self.seen += 3
        return torch.cos(chunk + position)


def build_model() -> nn.Module:
    return StreamingPosition().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    return {
        "first chunk": (torch.tensor([0.1, 0.2, 0.3]),),
        "second chunk": (torch.tensor([0.4, 0.5, 0.6]),),
    }
