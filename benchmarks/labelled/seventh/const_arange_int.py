"""As many positions as a tensor says."""

import torch
from torch import nn


class Positions(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = nn.Parameter(torch.tensor(0.5))

    def forward(self, n):
        return torch.arange(int(n)) * self.step  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo


def build_model():
    torch.manual_seed(0)
    return Positions().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"three": (torch.tensor(3),), "five": (torch.tensor(5),)}
