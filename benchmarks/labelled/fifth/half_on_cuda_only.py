"""Half precision where the input is on a GPU, which no example is."""

import torch
from torch import nn


class Portable(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        if x.is_cuda:
            x = x.half().float()
        return self.fc(x)


def build_model():
    torch.manual_seed(0)
    return Portable().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 9,)}
