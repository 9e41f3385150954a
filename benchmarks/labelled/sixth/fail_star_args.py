"""Forward takes any number of tensors."""

import torch
from torch import nn


class Joined(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, *parts):  #@ capture-failure: script
        return self.fc(torch.cat(parts, -1))


def build_model():
    torch.manual_seed(0)
    return Joined().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3), torch.randn(2, 1)), "b": (torch.ones(2, 3), torch.zeros(2, 1))}
