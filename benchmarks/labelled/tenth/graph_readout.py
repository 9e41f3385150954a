"""Graph classification: one convolution over an edge list, then mean and sum readout by the batch vector."""
from typing import Optional

import torch
from torch import Tensor, nn


def global_sum_pool(x: Tensor, batch: Tensor, size: Optional[int] = None) -> Tensor:
    if size is None:
        size = int(batch.max()) + 1  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
    out = torch.zeros([size, x.size(1)], dtype=x.dtype)
    return out.scatter_add(0, batch.unsqueeze(-1).expand_as(x), x)


class GraphConv(nn.Module):
    def __init__(self, in_channels: int, out_channels: int):
        super().__init__()
        self.lin_rel = nn.Linear(in_channels, out_channels)
        self.lin_root = nn.Linear(in_channels, out_channels, bias=False)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        src, dst = edge_index[0], edge_index[1]
        messages = x[src]
        out = torch.zeros_like(x).scatter_add(0, dst.unsqueeze(-1).expand_as(messages), messages)
        return self.lin_rel(out) + self.lin_root(x)


class GraphClassifier(nn.Module):
    def __init__(self, features: int = 5, hidden: int = 9, classes: int = 3):
        super().__init__()
        self.conv = GraphConv(features, hidden)
        self.head = nn.Linear(hidden, classes)

    def forward(self, x: Tensor, edge_index: Tensor, batch: Tensor) -> Tensor:
        h = torch.relu(self.conv(x, edge_index))
        return self.head(global_sum_pool(h, batch))


def build_model():
    torch.manual_seed(0)
    return GraphClassifier().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(7, 5)
    edges = torch.tensor([[0, 1, 2, 3, 4, 5, 6], [1, 0, 1, 4, 3, 6, 5]])
    return {
        "two": (x, edges, torch.tensor([0, 0, 0, 1, 1, 1, 1])),
        "three": (x, edges, torch.tensor([0, 0, 0, 1, 1, 2, 2])),
        "other two": (x * 2, edges, torch.tensor([0, 0, 0, 0, 0, 1, 1])),
    }
