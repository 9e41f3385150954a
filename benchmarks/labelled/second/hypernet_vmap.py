"""A hypernetwork writes the weights of a small layer for each sample, and vmap applies each to its own input."""

import torch
from torch import nn


def apply_layer(weights, bias, x):
    return torch.tanh(weights @ x + bias)


class HyperLayer(nn.Module):
    def __init__(self, context: int = 3, inputs: int = 4, outputs: int = 2):
        super().__init__()
        self.shape = (outputs, inputs)
        self.weights = nn.Linear(context, outputs * inputs)
        self.bias = nn.Linear(context, outputs)

    def forward(self, x, context):
        weights = self.weights(context).unflatten(-1, self.shape)
        return torch.vmap(apply_layer)(weights, self.bias(context), x)  #@ capture-failure: script


def build_model():
    torch.manual_seed(323)
    return HyperLayer().eval()


def example_inputs():
    torch.manual_seed(324)
    return {"a": (torch.randn(5, 4), torch.randn(5, 3)), "b": (torch.randn(5, 4) * 2, torch.randn(5, 3))}
