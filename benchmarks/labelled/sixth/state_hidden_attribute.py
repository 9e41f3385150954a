"""A recurrent cell that keeps its hidden state in an attribute between the calls."""

import torch
from torch import nn


class Stateful(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(3, 4)
        self.h = None

    def forward(self, x):
        if self.h is None:  #@ baked-state|baked-branch|specialised-type: export onnx onnx_ts; capture-failure|baked-state|baked-branch: trace
            self.h = torch.zeros(x.shape[0], 4)  #@ capture-failure: script
        self.h = self.cell(x, self.h)  #@ baked-state: export onnx onnx_ts
        return self.h


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return Stateful().eval()


def example_inputs():
    torch.manual_seed(1)
    return {name: (torch.randn(1, 3),) for name in ("first", "second", "third")}
