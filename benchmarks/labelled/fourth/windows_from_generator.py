"""Overlapping windows of a series, from a generator, each with a vote of its own."""

import torch
from torch import nn


class WindowVotes(nn.Module):
    def __init__(self, window: int = 4, hop: int = 2):
        super().__init__()
        self.window, self.hop = window, hop
        self.vote = nn.Linear(window, 2)

    def windows(self, series):
        for start in range(0, series.shape[1] - self.window + 1, self.hop):  #@ unrolled-loop|specialised-shape: trace export onnx onnx_ts
            yield series[:, start : start + self.window]  #@ capture-failure: script

    def forward(self, series):
        votes = [self.vote(window) for window in self.windows(series)]
        return torch.stack(votes, dim=1).amax(1)


def build_model():
    torch.manual_seed(751)
    return WindowVotes().eval()


def example_inputs():
    torch.manual_seed(752)
    return {"short": (torch.randn(2, 6),), "long": (torch.randn(2, 12),)}
