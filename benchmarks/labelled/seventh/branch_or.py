"""Either of two bounds, joined by `or`, has the signal clipped."""

import torch
from torch import nn


class Clipped(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        if x.max() > 3 or x.min() < -3:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            x = x / x.abs().max()
        return self.fc(x)


def build_model():
    torch.manual_seed(0)
    return Clipped().eval()


def example_inputs():
    torch.manual_seed(1)
    inside = torch.tensor([[1.0, -1.0, 2.0, 0.0]])
    return {"inside": (inside,), "above": (inside * 4,), "below": (inside * -4,)}
