"""An assert whose message tells the lowest value."""

import torch
from torch import nn


class Root(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        assert x.min() >= 0, f"a negative value: {x.min().item():.2f}"  #@ lost-check: trace onnx_ts; capture-failure: script export onnx; graph-break: dynamo
        return self.fc(x.sqrt())


def build_model():
    torch.manual_seed(0)
    return Root().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"ok": (torch.tensor([[1.0, 4.0, 9.0]]),), "negative": (torch.tensor([[1.0, -4.0, 9.0]]),)}
