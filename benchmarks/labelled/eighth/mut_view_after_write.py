"""a row view is taken before the whole matrix is scaled in place"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.register_buffer("gain", torch.tensor([1.0, 2.0, 3.0]))
    def forward(self, x):
        y = self.fc(x)
        first, _ = y[0], y.mul_(self.gain)  #@ mutation: onnx_ts
        return first + 1


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3) * 2,)}
