"""A queue of keys in a buffer, which each call shifts by one."""

import torch
from torch import nn


class Queue(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.register_buffer("queue", torch.zeros(4, 3))

    def forward(self, x):
        key = self.fc(x)
        self.queue = torch.cat([self.queue[1:], key])  #@ baked-state|mutation: trace onnx_ts onnx
        return self.queue @ key[0]


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return Queue().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"s{i}": (torch.randn(1, 3),) for i in range(3)}
