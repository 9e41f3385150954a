"""A head that is asked twice, the second time under a temperature that a context manager lends it."""

from contextlib import contextmanager

import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, width: int, classes: int):
        super().__init__()
        self.temperature = 1.0
        self.read = nn.Linear(width, classes)

    def forward(self, x):
        return (self.read(x) / self.temperature).softmax(-1)


@contextmanager
def softened(head, temperature):
    before, head.temperature = head.temperature, temperature
    try:
        yield
    finally:
        head.temperature = before


class SoftAndSharp(nn.Module):
    def __init__(self, width: int = 4, classes: int = 3):
        super().__init__()
        self.head = Head(width, classes)

    def forward(self, x):
        sharp = self.head(x)
        with softened(self.head, 4.0):  #@ capture-failure: script
            return sharp, self.head(x)


def build_model():
    torch.manual_seed(725)
    return SoftAndSharp().eval()


def example_inputs():
    torch.manual_seed(726)
    return {"a": (torch.randn(3, 4),), "b": (torch.randn(3, 4) * 6,)}
