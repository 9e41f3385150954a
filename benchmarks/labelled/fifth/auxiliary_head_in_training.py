"""In training a second head answers too, as in GoogLeNet."""

import torch
from torch import nn
from torch.nn import functional as F


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 6)
        self.head = nn.Linear(6, 3)
        self.auxiliary = nn.Linear(6, 3)

    def forward(self, x):
        features = F.relu(self.body(x))
        if self.training:  #@ baked-mode|output-structure: onnx_ts
            return self.head(features), self.auxiliary(features)
        return self.head(features)  #@ capture-failure: script


def build_model():
    torch.manual_seed(0)
    return TwoHeads().train()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 3,)}
