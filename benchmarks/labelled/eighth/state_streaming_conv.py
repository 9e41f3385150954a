"""streaming convolution keeps the last samples in a buffer that is replaced"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv1d(1, 1, 3)
        self.register_buffer("tail", torch.zeros(1, 1, 2))
    def forward(self, chunk):
        x = torch.cat([self.tail, chunk], -1)
        self.tail = x[..., -2:]  #@ baked-state|mutation: trace onnx_ts onnx
        return self.c(x)
SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"first": (torch.ones(1, 1, 4),), "second": (torch.ones(1, 1, 4) * 2,), "third": (torch.randn(1, 1, 4),)}
