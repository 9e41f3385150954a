"""DropEdge as in training scripts: NumPy picks the edges that a message passing step may use."""

import numpy as np
import torch
from torch import nn

SEQUENCE = True


def drop_edges(edges: torch.Tensor, share: float) -> torch.Tensor:
    kept = int(edges.shape[1] * (1 - share))
    chosen = np.random.permutation(edges.shape[1])[:kept]  #@ baked-random: export onnx; capture-failure: trace script; graph-break: dynamo
    return edges[:, torch.from_numpy(chosen)]


class DropEdgeConv(nn.Module):
    def __init__(self, width: int = 4, share: float = 0.5):
        super().__init__()
        self.share = share
        self.fc = nn.Linear(width, width)

    def forward(self, x: torch.Tensor, edges: torch.Tensor) -> torch.Tensor:
        if self.training:
            edges = drop_edges(edges, self.share)
        messages = self.fc(x)[edges[0]]
        return x + torch.zeros_like(x).index_add(0, edges[1], messages)  #@ capture-failure: onnx_ts


def build_model():
    torch.manual_seed(311)
    return DropEdgeConv().train()


def example_inputs():
    torch.manual_seed(312)
    edges = torch.tensor([[0, 1, 2, 3, 4, 0, 2, 1], [1, 2, 3, 4, 0, 2, 4, 3]])
    x = torch.randn(5, 4)
    return {f"epoch_{i}": (x, edges) for i in range(3)}
