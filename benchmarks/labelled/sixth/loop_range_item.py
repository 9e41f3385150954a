"""As many steps as a tensor says."""

import torch
from torch import nn


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x, steps):
        for _ in range(int(steps)):  #@ unrolled-loop|baked-constant: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            x = self.fc(x).tanh()
        return x


def build_model():
    torch.manual_seed(0)
    return Steps().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(1, 3)
    return {"two": (x, torch.tensor(2)), "four": (x, torch.tensor(4)), "none": (x, torch.tensor(0))}
