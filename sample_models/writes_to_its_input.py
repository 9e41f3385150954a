"""A model that cleans its input in place changes the caller's tensor, which an ONNX graph never does."""

import torch
from torch import nn


class NoiseGate(nn.Module):
    """Silence what is quieter than the threshold, in the caller's own tensor, then project."""

    def __init__(self, width: int = 8, threshold: float = 0.3) -> None:
        super().__init__()
        self.project = nn.Linear(width, 3)
        self.threshold = threshold

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        signal.masked_fill_(signal.abs() < self.threshold, 0.0)
        return self.project(signal)


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return NoiseGate().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor]]:
    torch.manual_seed(1)
    return {
        "noisy": (torch.randn(2, 8) / 2,),
        "faint": (torch.randn(2, 8) / 10,),
        "clean": (torch.ones(2, 8),),  # nothing to silence
    }
