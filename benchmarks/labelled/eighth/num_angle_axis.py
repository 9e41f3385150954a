"""heading angle of a velocity on the axes"""
import torch
from torch import nn


class M(nn.Module):
    def forward(self, v):
        return torch.atan2(v[:, 1], v[:, 0])  #@ numerical-mismatch: onnx_ts onnx


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"oblique": (torch.tensor([[1.0, 2.0], [-1.0, 2.0], [-3.0, -1.0]]),), "axes": (torch.tensor([[-1.0, 0.0], [0.0, 1.0], [0.0, -2.0]]),)}
