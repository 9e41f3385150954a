"""The mean of what a mask selects."""

import torch
from torch import nn


class Selected(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        y = self.fc(x)
        return torch.masked_select(y, x > 0).mean()  #@ graph-break: dynamo; capture-failure: onnx


def build_model():
    torch.manual_seed(0)
    return Selected().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"most": (torch.tensor([1.0, 2.0, 3.0, -1.0]),), "one": (torch.tensor([-1.0, 2.0, -3.0, -1.0]),)}
