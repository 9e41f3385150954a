"""A batch is split at sizes that come as a tensor."""

import torch
from torch import nn


class Halves(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x, sizes):
        first, second = self.fc(x).split(sizes.tolist())  #@ baked-constant: trace onnx_ts; capture-failure: script; graph-break: dynamo
        return first.mean(0) - second.mean(0)


def build_model():
    torch.manual_seed(0)
    return Halves().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(6, 2)
    return {"two_four": (x, torch.tensor([2, 4])), "three_three": (x, torch.tensor([3, 3]))}
