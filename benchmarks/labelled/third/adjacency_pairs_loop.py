"""Nodes gather from their neighbours one edge at a time, and the two strongest are returned as topk() gives them."""

import torch
from torch import nn


class StrongestNodes(nn.Module):
    def __init__(self, width: int = 3, best: int = 2):
        super().__init__()
        self.best = best
        self.message = nn.Linear(width, width)
        self.score = nn.Linear(width, 1)

    def forward(self, x, adjacency):
        gathered = list(x.unbind(0))
        for target, source in adjacency.nonzero().tolist():  #@ unrolled-loop|baked-constant: trace onnx_ts; capture-failure: export onnx script; graph-break: dynamo
            gathered[target] = gathered[target] + self.message(x[source])
        scores = self.score(torch.stack(gathered)).squeeze(-1)
        return scores.topk(self.best)  #@ output-structure: trace


def build_model():
    torch.manual_seed(543)
    return StrongestNodes().eval()


def example_inputs():
    torch.manual_seed(544)
    x = torch.randn(4, 3)
    ring = torch.eye(4, dtype=torch.bool).roll(1, 0)
    star = torch.zeros(4, 4, dtype=torch.bool)
    star[0, 1:] = star[1:, 0] = True
    return {"ring": (x, ring), "star": (x, star)}
