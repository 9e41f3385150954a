"""Nodes are updated one edge after the other, in the order of the list: a Python loop over a tensor's rows."""

import torch
from torch import nn


class TemporalGraph(nn.Module):
    def __init__(self, width: int = 3):
        super().__init__()
        self.cell = nn.GRUCell(width, width)

    def forward(self, nodes: torch.Tensor, edges: torch.Tensor) -> torch.Tensor:
        for edge in edges:  #@ unrolled-loop|specialised-shape: trace export onnx onnx_ts
            source, target = edge[:1], edge[1:]
            message = self.cell(nodes.index_select(0, source), nodes.index_select(0, target))
            nodes = nodes.index_copy(0, target, message)
        return nodes


def build_model():
    torch.manual_seed(221)
    return TemporalGraph().eval()


def example_inputs():
    torch.manual_seed(222)
    nodes = torch.randn(4, 3)
    return {
        "two": (nodes, torch.tensor([[0, 1], [1, 2]])),
        "two_others": (nodes, torch.tensor([[3, 0], [0, 3]])),
        "three": (nodes, torch.tensor([[0, 1], [1, 2], [2, 3]])),
    }
