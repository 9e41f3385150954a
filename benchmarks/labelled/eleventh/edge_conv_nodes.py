"""Message passing over an edge list, written the way of the small graph libraries: the node count is read off it."""
from typing import Optional

import torch
from torch import nn


def maybe_num_nodes(index, num_nodes: Optional[int] = None) -> int:
    if num_nodes is not None:
        return num_nodes
    return int(index.max()) + 1  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo


def scatter_sum(src, index, dim_size: int):
    out = torch.zeros(dim_size, src.shape[1], dtype=src.dtype, device=src.device)
    return out.scatter_add(0, index.unsqueeze(1).expand_as(src), src)


class MessagePassing(nn.Module):
    def __init__(self, flow: str = "source_to_target"):
        super().__init__()
        self.src, self.dst = (0, 1) if flow == "source_to_target" else (1, 0)

    def propagate(self, messages, edge_index, num_nodes: int):
        return scatter_sum(messages, edge_index[self.dst], num_nodes)


class EdgeConv(MessagePassing):
    def __init__(self, node_dim: int = 4, edge_dim: int = 3, out: int = 5):
        super().__init__("source_to_target")
        self.message = nn.Sequential(nn.Linear(node_dim + edge_dim, out), nn.Softplus())
        self.update = nn.Linear(out, out)

    def forward(self, embedding, edge_index, edge_attr):
        num_nodes = maybe_num_nodes(edge_index)
        source = embedding[edge_index[self.src]]
        pooled = self.propagate(self.message(torch.cat([source, edge_attr], dim=1)), edge_index, num_nodes)
        return self.update(pooled)


def build_model():
    torch.manual_seed(0)
    return EdgeConv().eval()


def example_inputs():
    torch.manual_seed(2)
    table = torch.randn(8, 4)
    return {
        "ring of 4": (table, torch.tensor([[0, 1, 2, 3, 0], [1, 2, 3, 0, 2]]), torch.randn(5, 3)),
        "six nodes": (table, torch.tensor([[0, 1, 2, 5, 4], [1, 2, 3, 0, 5]]), torch.randn(5, 3)),
        "other ring": (table, torch.tensor([[3, 2, 1, 0, 1], [2, 1, 0, 3, 3]]), torch.randn(5, 3)),
    }
