"""Channels in an order that Python shuffles for every call."""

import random

import torch
from torch import nn


class ChannelShuffle(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(5, 2, 1)

    def forward(self, x):
        order = [0, 1, 2, 3, 4]
        random.shuffle(order)  #@ baked-random: onnx_ts onnx export; capture-failure|baked-random: trace; capture-failure: script; graph-break: dynamo
        return self.conv(x[:, order])


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return ChannelShuffle().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(1, 5, 3)
    return {f"call_{n}": (x,) for n in range(4)}
