"""the output is damped during the first two calls (an int attribute)"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0
        self.fc = nn.Linear(2, 2)
    def forward(self, x):
        self.calls += 1  #@ baked-state: onnx_ts onnx export; capture-failure|baked-state: trace
        return self.fc(x) * min(self.calls / 3, 1.0)
SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"first": (torch.ones(1, 2),), "second": (torch.ones(1, 2),), "third": (torch.ones(1, 2),)}
