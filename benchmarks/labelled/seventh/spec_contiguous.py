"""What is not contiguous goes through another formula."""

import torch
from torch import nn


class Layout(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        if not x.is_contiguous():  #@ baked-branch|specialised-type: trace onnx_ts onnx export
            x = x.contiguous() / 2
        return self.fc(x)


def build_model():
    torch.manual_seed(0)
    return Layout().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"rows": (torch.randn(4, 3),), "columns": (torch.randn(3, 4).t(),)}
