"""All heads of a ModuleDict in their order."""

import torch
from torch import nn


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = nn.ModuleDict({"speed": nn.Linear(3, 1), "angle": nn.Linear(3, 2), "stop": nn.Linear(3, 1)})

    def forward(self, x):
        found = []
        for name, head in self.heads.items():
            y = head(x)
            found.append(y.sigmoid() if name == "stop" else y)
        return torch.cat(found, -1)


def build_model():
    torch.manual_seed(0)
    return Heads().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3) * 4,)}
