"""Gradient-boosted trees as tensors: every sample walks all trees at once, for as many steps as they are deep."""
import torch
from torch import nn

# feature, threshold, left, right, value; a leaf points to itself
STUMPS = [
    [(0, 0.1, 1, 2, 0.0), (2, -0.4, 3, 4, 0.0), (1, 0.8, 5, 6, 0.0),
     (0, 0.0, 3, 3, -0.7), (0, 0.0, 4, 4, 0.2), (0, 0.0, 5, 5, 0.5), (0, 0.0, 6, 6, 1.1)],
    [(3, -0.2, 1, 2, 0.0), (0, 0.0, 1, 1, -0.3), (0, 1.2, 3, 4, 0.0),
     (0, 0.0, 3, 3, 0.1), (0, 0.0, 4, 4, 0.9)],
    [(1, 0.0, 1, 2, 0.0), (0, 0.0, 1, 1, 0.25), (0, 0.0, 2, 2, -0.25)],
]


class TensorTrees(nn.Module):
    def __init__(self, trees, depth, learning_rate=0.3, base=0.5):
        super().__init__()
        self.depth, self.learning_rate, self.base = depth, learning_rate, base
        nodes = max(map(len, trees))
        padded = [tree + [(0, 0.0, i, i, 0.0) for i in range(len(tree), nodes)] for tree in trees]
        columns = [torch.tensor([[node[c] for node in tree] for tree in padded]) for c in range(5)]
        for name, column in zip(("feature", "threshold", "left", "right", "value"), columns):
            self.register_buffer(name, column.reshape(-1))
        self.register_buffer("root", torch.arange(len(trees)).unsqueeze(0) * nodes)

    def forward(self, x):
        at = self.root.expand(x.size(0), -1)
        for _ in range(self.depth):
            left = x.gather(1, self.feature[at]) <= self.threshold[at]
            at = self.root + torch.where(left, self.left[at], self.right[at])
        margin = self.base + self.learning_rate * self.value[at].sum(1)
        return torch.sigmoid(margin), at - self.root


def build_model():
    return TensorTrees(STUMPS, depth=2).eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(6, 4),), "b": (torch.randn(6, 4) * 3,), "edges": (torch.full((6, 4), -5.0),)}
