"""A policy that explores with a small probability, drawn with NumPy."""
import numpy as np
import torch
from torch import nn

SEQUENCE = True


class GreedyPolicy(nn.Module):
    def __init__(self, epsilon=0.4):
        super().__init__()
        self.values = nn.Linear(4, 5)
        self.epsilon = epsilon
        self.register_buffer("visits", torch.tensor([9.0, 9.0, 9.0, 1.0, 9.0]))

    def forward(self, observation):
        values = self.values(observation)
        if np.random.rand() < self.epsilon:  #@ baked-random|baked-branch: onnx_ts onnx export; capture-failure|baked-random|baked-branch: trace; capture-failure: script; graph-break: dynamo
            values = values - 10.0 * self.visits
        return values.argmax(-1), values


def build_model():
    torch.manual_seed(0)
    return GreedyPolicy().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"step{index}": (torch.randn(2, 4),) for index in range(6)}
