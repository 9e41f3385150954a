"""Ids go straight into an embedding, which refuses those below zero."""

import torch
from torch import nn


class Items(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(8, 4)
        self.fc = nn.Linear(4, 2)

    def forward(self, ids):
        items = self.embed(ids)  #@ lost-check: onnx onnx_ts
        return self.fc(items.mean(1))


def build_model():
    torch.manual_seed(0)
    return Items().eval()


def example_inputs():
    return {"full": (torch.tensor([[1, 2, 3]]),), "padded": (torch.tensor([[4, 5, -1]]),)}
