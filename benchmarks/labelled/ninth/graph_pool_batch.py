"""Graph classifier: one round of message passing, then the mean of the nodes of each graph in the batch."""
import torch
from torch import nn


def scatter_mean(src: torch.Tensor, index: torch.Tensor, size: int) -> torch.Tensor:
    total = torch.zeros(size, src.shape[1], dtype=src.dtype)
    total = total.scatter_add(0, index.unsqueeze(1).expand_as(src), src)
    count = torch.zeros(size, dtype=src.dtype).scatter_add(0, index, torch.ones_like(src[:, 0]))
    return total / count.clamp(min=1.0).unsqueeze(1)


class GraphConv(nn.Module):
    def __init__(self, dim_in: int, dim_out: int):
        super().__init__()
        self.self_loop = nn.Linear(dim_in, dim_out)
        self.neighbour = nn.Linear(dim_in, dim_out, bias=False)

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
        sent = x.index_select(0, edge_index[0])
        received = torch.zeros_like(x).scatter_add(0, edge_index[1].unsqueeze(1).expand_as(sent), sent)
        return torch.relu(self.self_loop(x) + self.neighbour(received))


class GraphClassifier(nn.Module):
    def __init__(self, features: int = 4, hidden: int = 6, classes: int = 3):
        super().__init__()
        self.conv = GraphConv(features, hidden)
        self.lin = nn.Linear(hidden, classes)

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor, batch: torch.Tensor) -> torch.Tensor:
        size = int(batch.max()) + 1  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
        x = self.conv(x, edge_index)
        return self.lin(scatter_mean(x, batch, size))


def build_model():
    torch.manual_seed(0)
    return GraphClassifier().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(6, 4)
    edges = torch.tensor([[0, 1, 2, 3, 4], [1, 2, 0, 4, 5]])
    return {
        "two": (x, edges, torch.tensor([0, 0, 0, 1, 1, 1])),
        "three": (x.clone(), edges.clone(), torch.tensor([0, 0, 0, 1, 2, 2])),
    }
