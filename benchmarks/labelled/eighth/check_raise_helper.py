"""a validator method raises IndexError for unknown item ids"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.items = nn.Embedding(8, 3)
    def validate(self, ids):
        if ((ids < 0) | (ids >= 8)).any():  #@ lost-check: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            raise IndexError("unknown item")
    def forward(self, ids):
        self.validate(ids)
        return self.items(ids.remainder(8)).sum(1)


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"known": (torch.tensor([[1, 7, 3]]),), "unknown": (torch.tensor([[1, 9, 3]]),)}
