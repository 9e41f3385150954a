"""Alternating-direction smoothing: calls take turns between the rows and the columns of a field."""

import torch
from torch import nn

SEQUENCE = True


class AlternatingSmoother(nn.Module):
    along_rows: bool

    def __init__(self, rate: float = 0.3):
        super().__init__()
        self.rate = nn.Parameter(torch.tensor(rate))
        self.along_rows = True

    def forward(self, field: torch.Tensor) -> torch.Tensor:
        dim = 1 if self.along_rows else 0  #@ baked-state|baked-branch: export onnx onnx_ts; capture-failure|baked-state|baked-branch: trace
        self.along_rows = not self.along_rows  #@ baked-state: export onnx onnx_ts; capture-failure|baked-state: trace
        around = field.roll(1, dim) + field.roll(-1, dim) - 2 * field
        return field + self.rate * around


def build_model():
    return AlternatingSmoother().eval()


def example_inputs():
    torch.manual_seed(582)
    return {f"sweep_{i}": (torch.randn(4, 4),) for i in range(3)}
