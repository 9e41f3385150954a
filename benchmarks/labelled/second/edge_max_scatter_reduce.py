"""Message passing with a maximum: nodes that no edge points to get zeros."""

import torch
from torch import nn


class MaxConv(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.message = nn.Linear(2 * width, width)

    def forward(self, x: torch.Tensor, edges: torch.Tensor) -> torch.Tensor:
        source, target = edges[0], edges[1]
        messages = self.message(torch.cat([x[source], x[target] - x[source]], dim=-1))
        index = target.unsqueeze(-1).expand_as(messages)
        out = torch.zeros_like(x)
        return out.scatter_reduce(0, index, messages, reduce="amax", include_self=False)  #@ capture-failure: onnx_ts


def build_model():
    torch.manual_seed(391)
    return MaxConv().eval()


def example_inputs():
    torch.manual_seed(392)
    x = torch.randn(5, 4)
    return {"ring": (x, torch.tensor([[0, 1, 2, 3, 4], [1, 2, 3, 4, 0]])), "star": (x, torch.tensor([[1, 2, 3, 4, 1], [0, 0, 0, 0, 2]]))}
