"""Test-time adaptation: batch norm takes the statistics of the batch at hand, though the model is in eval mode."""

import torch
from torch import nn


class Adapted(nn.Module):
    def __init__(self, width: int = 5):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.norm = nn.BatchNorm1d(width)
        self.read = nn.Linear(width, 2)

    def forward(self, x):
        self.norm.train()  #@ baked-mode: onnx; capture-failure: script
        x = self.norm(self.fc(x))
        self.norm.eval()
        return self.read(x.relu())


def build_model():
    torch.manual_seed(345)
    return Adapted().eval()


def example_inputs():
    torch.manual_seed(346)
    return {"source": (torch.randn(6, 5),), "shifted": (torch.randn(6, 5) * 3 + 4,)}
