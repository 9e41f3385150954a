"""Item embeddings with a largest norm: looking them up rescales those in the table that are longer."""

import torch
from torch import nn


class BasketModel(nn.Module):
    def __init__(self, items: int = 12, width: int = 4):
        super().__init__()
        self.items = nn.Embedding(items, width, max_norm=1.0)
        self.rate = nn.Linear(width, 1)

    def forward(self, basket: torch.Tensor) -> torch.Tensor:
        taste = self.items(basket).mean(1)  #@ mutation|numerical-mismatch|baked-state: script onnx_ts
        return self.rate(taste).squeeze(-1)


def build_model():
    torch.manual_seed(753)
    return BasketModel().eval()


def example_inputs():
    return {"a": (torch.tensor([[1, 5, 7], [2, 2, 9]]),), "b": (torch.tensor([[0, 11, 3], [4, 6, 8]]),)}
