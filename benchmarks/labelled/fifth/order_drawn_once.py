"""A permutation drawn when the model is built, not when it is called."""

import numpy as np
import torch
from torch import nn


class Permuted(nn.Module):
    def __init__(self):
        super().__init__()
        order = np.random.RandomState(3).permutation(6)
        self.register_buffer("order", torch.from_numpy(order))
        self.fc = nn.Linear(6, 2)

    def forward(self, x):
        return self.fc(x[:, self.order])


def build_model():
    torch.manual_seed(0)
    return Permuted().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 6),), "b": (torch.randn(2, 6) * 3,)}
