"""The state comes in as an argument and goes out as a result: the caller keeps it, and the model remembers nothing."""

import torch
from torch import nn

SEQUENCE = True  # one model sees the examples in order


class StreamingPosition(nn.Module):
    """Add the position in the stream to chunks that arrive one after the other."""

    def forward(self, chunk: torch.Tensor, position: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.cos(chunk + position), position + 3


def build_model() -> nn.Module:
    return StreamingPosition().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    return {
        "first chunk": (torch.tensor([0.1, 0.2, 0.3]), torch.tensor(0)),
        "second chunk": (torch.tensor([0.4, 0.5, 0.6]), torch.tensor(3)),
    }
