"""The forward algorithm of a hidden Markov model in log space, where forbidden transitions are minus infinity."""

import torch
from torch import nn


class ForwardAlgorithm(nn.Module):
    def __init__(self, states: int = 3, symbols: int = 4):
        super().__init__()
        allowed = torch.tensor(
            [[0.0, 0.0, float("-inf")], [float("-inf"), 0.0, 0.0], [float("-inf"), float("-inf"), 0.0]]
        )
        self.register_buffer("transition", (torch.randn(states, states) + allowed).log_softmax(-1))
        self.emit = nn.Embedding(symbols, states)
        self.register_buffer("start", torch.tensor([0.0, float("-inf"), float("-inf")]))

    def forward(self, symbols: torch.Tensor) -> torch.Tensor:
        alpha = self.start
        for symbol in self.emit(symbols).unbind(0):
            alpha = torch.logsumexp(alpha.unsqueeze(1) + self.transition, dim=0) + symbol  #@ numerical-mismatch: onnx
        return alpha


def build_model():
    torch.manual_seed(567)
    return ForwardAlgorithm().eval()


def example_inputs():
    return {"one": (torch.tensor([0, 3, 1]),), "two": (torch.tensor([2, 2, 0]),)}
