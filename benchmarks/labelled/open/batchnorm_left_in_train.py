"""A fine-tuned network whose batch norm was left in training mode, as test-time adaptation does on purpose."""

import torch
from torch import nn


class Adapted(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.read = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.norm(self.conv(x)))  #@ baked-mode: onnx_ts; baked-mode|numerical-mismatch: onnx
        return self.read(x.mean((2, 3)))


def build_model():
    torch.manual_seed(47)
    model = Adapted().eval()
    model.norm.train()
    return model


def example_inputs():
    torch.manual_seed(48)
    return {"day": (torch.randn(3, 2, 5, 5),), "night": (torch.randn(3, 2, 5, 5) * 0.2 - 1,)}
