"""What changed since the last frame, which is kept in a plain attribute."""

import torch
from torch import nn


class Motion(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
        self.last = torch.zeros(1, 4)

    def forward(self, frame):
        change = self.fc(frame - self.last)
        self.last = frame  #@ capture-failure|baked-state: trace; baked-state: export onnx onnx_ts
        return change


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return Motion().eval()


def example_inputs():
    torch.manual_seed(1)
    return {name: (torch.randn(1, 4),) for name in ("first", "second", "third")}
