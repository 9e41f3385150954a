"""the number of relaxation steps is an input tensor"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(4, 4)
        self.w = nn.Parameter(torch.randn(4, 4) * 0.4)
    def forward(self, x, steps):
        x = self.inp(x)
        for _ in range(int(steps)):  #@ unrolled-loop|baked-constant: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            x = x + 0.5 * torch.tanh(x @ self.w)
        return x


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"two": (torch.randn(1, 4), torch.tensor(2)), "five": (torch.randn(1, 4), torch.tensor(5)), "zero": (torch.randn(1, 4), torch.tensor(0))}
