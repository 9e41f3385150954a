"""Operations of eager that have no effect on the result are not in the graph.

Eager runs every line. An exporter keeps what the outputs depend on, and leaves out what was computed for a log, copies
that nobody writes to, and layers that do nothing in evaluation.

It is harmless: no output depends on what was removed. Where you wanted its value, return it.
"""

import torch
from torch import nn


class Classifier(nn.Module):
    """Classify, and compute an entropy that only a debugger looks at."""

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.head = nn.Linear(width, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        chances = self.head(x).softmax(-1)
        _entropy = -(chances * chances.log()).sum(-1)
        return chances


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return Classifier().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {"low": (torch.randn(2, 3) - 1,), "high": (torch.randn(2, 3) + 1,)}
