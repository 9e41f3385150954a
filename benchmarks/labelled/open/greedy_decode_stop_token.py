"""Greedy decoding that leaves its loop at the stop token and returns the tokens so far."""

from typing import List

import torch
from torch import nn


class GreedyDecoder(nn.Module):
    def __init__(self, vocab: int = 7, width: int = 12, most: int = 6):
        super().__init__()
        self.most = most
        self.stop = 0
        self.embed = nn.Embedding(vocab, width)
        self.cell = nn.RNNCell(width, width)
        self.read = nn.Linear(width, vocab)

    def forward(self, first: torch.Tensor) -> torch.Tensor:
        token = first
        state = torch.zeros(1, 12)
        tokens: List[torch.Tensor] = []
        for _ in range(self.most):
            state = self.cell(self.embed(token), state)
            token = self.read(state).argmax(-1)
            tokens.append(token)
            if int(token) == self.stop:  #@ baked-branch|unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                break
        return torch.cat(tokens)


def build_model():
    torch.manual_seed(15)
    return GreedyDecoder().eval()


def example_inputs():
    return {f"token_{i}": (torch.tensor([i]),) for i in (1, 2, 3, 4)}
