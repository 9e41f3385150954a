"""dictionary of prototypes: first match wins, else the fallback (for/else)"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("protos", torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]))
        self.fallback = nn.Linear(2, 2)
    def forward(self, x):
        for k in range(3):  #@ capture-failure: script
            if (x - self.protos[k]).norm() < 0.5:  #@ baked-branch|unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                y = self.protos[k] * 2
                break
        else:
            y = self.fallback(x)
        return y


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"second": (torch.tensor([0.1, 0.9]),), "first": (torch.tensor([0.8, 0.1]),), "none": (torch.tensor([3.0, 3.0]),)}
