"""A match statement on the column with the largest sum."""

import torch
from torch import nn


class Matched(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        match int(x.sum(0).argmax()):  #@ baked-branch: trace onnx_ts; capture-failure: script export onnx; graph-break: dynamo
            case 0:
                return self.fc(x)
            case 1:
                return self.fc(x).relu() + 1
            case _:
                return self.fc(-x)


def build_model():
    torch.manual_seed(0)
    return Matched().eval()


def example_inputs():
    torch.manual_seed(1)
    return {
        "first": (torch.tensor([[5.0, 1.0, 0.0]]),),
        "second": (torch.tensor([[1.0, 5.0, 0.0]]),),
        "third": (torch.tensor([[1.0, 0.0, 5.0]]),),
    }
