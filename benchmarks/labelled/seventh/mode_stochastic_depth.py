"""Stochastic depth while training: a coin for each layer."""

import torch
from torch import nn


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(4)])

    def forward(self, x):
        for layer in self.layers:
            if not self.training or torch.rand(()) < 0.5:  #@ baked-random|baked-branch|capture-failure: trace; baked-random|baked-branch: onnx_ts; capture-failure: export onnx; graph-break: dynamo
                x = x + torch.relu(layer(x))
        return x


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return Deep().train()


def example_inputs():
    torch.manual_seed(1)
    return {f"s{i}": (torch.ones(1, 3),) for i in range(4)}
