"""A sanity check on the lengths before they are used: an assert on tensor values."""

import torch
from torch import nn


class LastStep(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.fc = nn.Linear(width, 2)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        assert bool((lengths > 0).all()), "empty sequence"  #@ lost-check: trace onnx onnx_ts; capture-failure: export; graph-break: dynamo
        index = (lengths - 1).view(-1, 1, 1).expand(-1, 1, x.shape[2])
        last = x.gather(1, index.clamp(min=0)).squeeze(1)
        return self.fc(last)


def build_model():
    torch.manual_seed(229)
    return LastStep().eval()


def example_inputs():
    torch.manual_seed(230)
    x = torch.randn(3, 5, 4)
    return {"fine": (x, torch.tensor([5, 2, 1])), "empty": (x, torch.tensor([3, 0, 1])), "ones": (x, torch.tensor([1, 1, 1]))}
