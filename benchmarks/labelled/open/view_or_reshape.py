"""A helper that views where it can and falls back to a copy where the memory does not allow a view."""

import torch
from torch import nn


class Flatten(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(12, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        try:  #@ capture-failure: script
            flat = x.view(x.shape[0], -1)  #@ baked-branch: trace export onnx onnx_ts dynamo
        except RuntimeError:
            flat = x.reshape(x.shape[0], -1) * 0.5
        return self.fc(flat)


def build_model():
    torch.manual_seed(63)
    return Flatten().eval()


def example_inputs():
    torch.manual_seed(64)
    x = torch.randn(2, 3, 4)
    return {"packed": (x,), "transposed": (torch.randn(2, 4, 3).transpose(1, 2),)}
