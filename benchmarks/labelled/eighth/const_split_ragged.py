"""ragged sequences cut with lengths given as a tensor"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)
    def forward(self, flat, lengths):
        a, b = self.fc(flat).split(lengths.tolist())  #@ baked-constant: trace onnx_ts; capture-failure: script; graph-break: dynamo
        return torch.stack([a.amax(0), b.amax(0)])


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"four_two": (torch.randn(6, 3), torch.tensor([4, 2])), "one_five": (torch.randn(6, 3), torch.tensor([1, 5]))}
