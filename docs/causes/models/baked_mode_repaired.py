"""`.eval()` puts the model into the mode in which it is deployed: eager and the graph use the stored averages."""

import torch
from torch import nn


class Scorer(nn.Module):
    """Normalise features and score them."""

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(width)
        self.score = nn.Linear(width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.norm(x)
        return self.score(h).sigmoid()


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return Scorer().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {
        "day": (torch.randn(6, 3) + 2,),
        "night": (torch.randn(6, 3) - 2,),
    }
