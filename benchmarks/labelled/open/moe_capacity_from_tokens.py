"""Experts take a limited number of tokens each, worked out from how many tokens there are."""

import math

import torch
from torch import nn


class CapacityRouter(nn.Module):
    def __init__(self, width: int = 5, experts: int = 2, factor: float = 0.75):
        super().__init__()
        self.experts, self.factor = experts, factor
        self.router = nn.Linear(width, experts)
        self.weight = nn.Parameter(torch.randn(experts, width, width) / 2)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        capacity = math.ceil(self.factor * tokens.shape[0] / self.experts)  #@ baked-constant|specialised-shape: trace export onnx onnx_ts
        probs = self.router(tokens).softmax(-1)
        chosen = nn.functional.one_hot(probs.argmax(-1), self.experts)
        position = chosen.cumsum(0) * chosen
        gates = probs * chosen * (position <= capacity)
        return torch.einsum("te,td,edo->to", gates, tokens, self.weight)


def build_model():
    torch.manual_seed(25)
    return CapacityRouter().eval()


def example_inputs():
    torch.manual_seed(26)
    return {"four": (torch.randn(4, 5),), "twelve": (torch.randn(12, 5),)}
