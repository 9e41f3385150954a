"""The class counts the calls of all its instances, and scales its answer down by them."""

import torch
from torch import nn


class Annealed(nn.Module):
    calls = 0

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        Annealed.calls += 1  #@ baked-state: onnx_ts onnx export; capture-failure|baked-state: trace; capture-failure: script
        return self.fc(x) / Annealed.calls


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    Annealed.calls = 0
    return Annealed().eval()


def example_inputs():
    torch.manual_seed(1)
    return {name: (torch.randn(2, 3),) for name in ("first", "second", "third")}
