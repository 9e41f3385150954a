"""the order of the branches is shuffled with the random module"""
import random

import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.ops = nn.ModuleList([nn.Linear(3, 3), nn.Tanh(), nn.LayerNorm(3)])
    def forward(self, x):
        order = random.sample([0, 1, 2], 3)  #@ baked-random|capture-failure: trace; baked-random: onnx_ts onnx export; capture-failure: script; graph-break: dynamo
        for i in order:
            x = self.ops[i](x)
        return x


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"s{i}": (torch.ones(1, 3) * 2,) for i in range(4)}
