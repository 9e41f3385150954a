"""One trunk with a head for each task, whose results are given by name."""
import torch
from torch import nn


class TaskHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(4, 8), nn.GELU())
        self.heads = nn.ModuleDict({"depth": nn.Linear(8, 1), "labels": nn.Linear(8, 5), "normals": nn.Linear(8, 3)})

    def forward(self, x):
        shared = self.trunk(x)
        return {name: head(shared) for name, head in self.heads.items()}  #@ capture-failure: trace


def build_model():
    torch.manual_seed(0)
    return TaskHeads().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(3, 4),), "b": (torch.randn(3, 4) * 5,)}
