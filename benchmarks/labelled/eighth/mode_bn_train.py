"""batch norm left in train mode: batch statistics are used"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv1d(2, 3, 1)
        self.bn = nn.BatchNorm1d(3)
    def forward(self, x):
        return self.bn(self.c(x)).relu()  #@ baked-mode: onnx_ts onnx


def build_model():
    torch.manual_seed(0)
    return M().train()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(4, 2, 5),), "b": (torch.randn(4, 2, 5) * 4 + 2,)}
