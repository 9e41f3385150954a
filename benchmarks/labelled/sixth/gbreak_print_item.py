"""The mean is printed as a Python number."""

import torch
from torch import nn


class Told(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        y = self.fc(x)
        print("mean", y.mean().item())  #@ graph-break: dynamo
        return y.relu()


def build_model():
    torch.manual_seed(0)
    return Told().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3) * 4,)}
