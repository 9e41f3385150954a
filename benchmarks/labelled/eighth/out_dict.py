"""a dictionary of named heads"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.policy = nn.Linear(4, 3)
        self.value = nn.Linear(4, 1)
    def forward(self, obs):
        return {"policy": self.policy(obs).softmax(-1), "value": self.value(obs).squeeze(-1)}  #@ capture-failure: trace


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 3,)}
