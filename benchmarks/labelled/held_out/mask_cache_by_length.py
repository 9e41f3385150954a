"""Causal masks are made once for each length and kept in a dict of the module."""

import torch
from torch import nn


class MaskedMixer(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.masks = {}

    def mask(self, length):
        if length not in self.masks:  #@ capture-failure: script; capture-failure|baked-state|baked-branch: trace
            self.masks[length] = torch.ones(length, length).tril() / length
        return self.masks[length]

    def forward(self, x):
        return self.mask(int(x.shape[1])) @ self.fc(x)  #@ baked-constant|specialised-shape: export onnx onnx_ts


def build_model():
    torch.manual_seed(223)
    return MaskedMixer().eval()


def example_inputs():
    torch.manual_seed(224)
    return {"three": (torch.randn(2, 3, 4),), "five": (torch.randn(2, 5, 4),)}
