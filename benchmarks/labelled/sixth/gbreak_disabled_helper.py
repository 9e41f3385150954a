"""A helper that torch.compile is told to leave alone."""

import torch
from torch import nn


@torch.compiler.disable
def centred(x):
    return x - x.mean(-1, keepdim=True)


class Disabled(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        return self.fc(centred(x)).relu()  #@ graph-break: dynamo


def build_model():
    torch.manual_seed(0)
    return Disabled().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3) * 4,)}
