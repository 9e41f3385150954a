"""A graph without features of its own: the number of nodes is read off the largest index in the edge list."""

import torch
from torch import nn


class DegreeReadout(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)

    def forward(self, edges: torch.Tensor) -> torch.Tensor:
        nodes = int(edges.max()) + 1  #@ baked-constant: trace onnx_ts; graph-break: dynamo; capture-failure: export
        ones = torch.ones(edges.shape[1])
        out_degree = torch.zeros(nodes).scatter_add(0, edges[0], ones)
        in_degree = torch.zeros(nodes).scatter_add(0, edges[1], ones)
        return self.fc(torch.stack([out_degree, in_degree], dim=1))


def build_model():
    torch.manual_seed(39)
    return DegreeReadout().eval()


def example_inputs():
    return {
        "square": (torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]]),),
        "triangle": (torch.tensor([[0, 1, 2, 2], [1, 2, 0, 1]]),),
        "sparse": (torch.tensor([[0, 5, 2, 7], [5, 2, 7, 8]]),),
    }
