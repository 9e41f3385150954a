"""Each half of the features is turned round where its mean is negative, within a list comprehension."""

import torch
from torch import nn


class Rectified(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        parts = [part if part.mean() > 0 else -part for part in x.chunk(2, -1)]  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
        return self.fc(torch.cat(parts, -1))


def build_model():
    torch.manual_seed(0)
    return Rectified().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    return {"both": (x,), "first": (x * torch.tensor([1.0, 1.0, -1.0, -1.0]),), "none": (-x,)}
