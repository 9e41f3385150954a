"""argmax and argmin among equal scores"""
import torch
from torch import nn


class M(nn.Module):
    def forward(self, scores):
        return scores.argmax(-1), scores.argmin(-1), scores.max(-1)[1]


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"distinct": (torch.tensor([[1.0, 5, 2, 9]]),), "ties": (torch.tensor([[4.0, 4, 1, 1]]),)}
