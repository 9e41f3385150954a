"""A batch of one is squeezed away and put back."""

import torch
from torch import nn


class Scores(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 3, 4)

    def forward(self, x):
        y = self.conv(x).squeeze()
        if y.dim() == 1:  #@ baked-branch|specialised-shape|specialised-type: trace onnx_ts onnx export
            y = y.unsqueeze(0)
        return y.softmax(-1)


def build_model():
    torch.manual_seed(0)
    return Scores().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"three": (torch.randn(3, 2, 4),), "one": (torch.randn(1, 2, 4),)}
