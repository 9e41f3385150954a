"""A multi-task model whose answer is a dict by task, with an auxiliary head for training that eval leaves None."""

import torch
from torch import nn


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(5, 8)
        self.depth = nn.Linear(8, 1)
        self.normal = nn.Linear(8, 3)
        self.auxiliary = nn.Linear(8, 2)

    def forward(self, x):
        h = torch.relu(self.trunk(x))
        normal = self.normal(h)
        return {  #@ capture-failure|output-structure: trace
            "depth": self.depth(h).exp(),
            "normal": nn.functional.normalize(normal, dim=-1),
            "auxiliary": self.auxiliary(h) if self.training else None,
        }


def build_model():
    torch.manual_seed(233)
    return MultiTask().eval()


def example_inputs():
    torch.manual_seed(234)
    return {"a": (torch.randn(2, 5),), "b": (torch.randn(2, 5) * 2,)}
