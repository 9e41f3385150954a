"""A graph layer that finds out how many nodes there are from the largest index."""
import torch
from torch import nn


class SumConvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.message = nn.Linear(3, 4)

    def forward(self, x, edges):
        source, target = edges[0], edges[1]
        messages = self.message(x)[source]
        nodes = int(target.max()) + 1  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
        return torch.zeros(nodes, 4).index_add(0, target, messages)


def build_model():
    torch.manual_seed(0)
    return SumConvolution().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(6, 3)
    return {
        "chain": (x, torch.tensor([[0, 1, 2, 3], [1, 2, 3, 4]])),
        "star": (x, torch.tensor([[1, 2, 3, 4], [0, 0, 0, 0]])),
        "far": (x, torch.tensor([[0, 1, 2, 3], [5, 5, 1, 0]])),
    }
