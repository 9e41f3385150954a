"""A recurrent net left in training mode, with dropout between its layers."""

import torch
from torch import nn


class Stacked(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 8, num_layers=2, dropout=0.5, batch_first=True)
        self.fc = nn.Linear(8, 2)

    def forward(self, x):
        out, _ = self.lstm(x)  #@ baked-mode|baked-random: onnx onnx_ts; graph-break: dynamo
        return self.fc(out[:, -1])


def build_model():
    torch.manual_seed(0)
    return Stacked().train()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4, 3),), "b": (torch.randn(2, 4, 3) * 5,)}
