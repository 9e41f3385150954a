"""A predictor for video that is smoothed over the last frames, which a deque of the module keeps."""

from collections import deque

import torch
from torch import nn

SEQUENCE = True


class Smoothed(nn.Module):
    def __init__(self, width: int = 4, frames: int = 3):
        super().__init__()
        self.fc = nn.Linear(width, 2)
        self.recent = deque(maxlen=frames)

    def reset(self):
        self.recent.clear()

    def forward(self, x):
        self.recent.append(self.fc(x))  #@ baked-state: export onnx onnx_ts; baked-state|mutation: dynamo; capture-failure|baked-state: trace; capture-failure: script
        return torch.stack(list(self.recent)).mean(0)


def build_model():
    torch.manual_seed(333)
    return Smoothed().eval()


def example_inputs():
    torch.manual_seed(334)
    return {f"frame_{i}": (torch.randn(1, 4),) for i in range(4)}
