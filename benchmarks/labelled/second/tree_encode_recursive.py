"""A recursive network over binary trees, given as nested pairs of leaves."""

import torch
from torch import nn


class TreeEncoder(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.leaf = nn.Linear(width, width)
        self.join = nn.Linear(2 * width, width)

    def encode(self, node):
        if isinstance(node, torch.Tensor):  #@ specialised-type: trace export onnx onnx_ts
            return self.leaf(node).tanh()
        left, right = node
        return self.join(torch.cat([self.encode(left), self.encode(right)], dim=-1)).tanh()

    def forward(self, tree):  #@ specialised-type: script
        return self.encode(tree)


def build_model():
    torch.manual_seed(321)
    return TreeEncoder().eval()


def example_inputs():
    torch.manual_seed(322)
    a, b, c, d = torch.randn(4, 1, 4)
    return {"left": (((a, b), c),), "right": ((a, (b, c)),), "full": (((a, b), (c, d)),)}
