"""A check that raises on bad data leaves no op behind, so a traced model answers where eager refuses."""

import torch
from torch import nn


class CarefulClassifier(nn.Module):
    """Refuse readings with gaps, classify the rest."""

    def __init__(self, width: int = 8, classes: int = 3) -> None:
        super().__init__()
        self.head = nn.Linear(width, classes)

    def forward(self, readings: torch.Tensor) -> torch.Tensor:
        if readings.isnan().any():
            raise ValueError("a reading is missing")

        return self.head(readings).softmax(-1)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return CarefulClassifier().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    gap = torch.randn(2, 8)
    gap[1, 3] = torch.nan

    return {
        "complete": (torch.randn(2, 8),),
        "zeros": (torch.zeros(2, 8),),
        "gap": (gap,),  # eager raises
    }
