"""Greedy non-maximum suppression in plain tensors: a while loop that runs until no box is left."""

from typing import List

import torch
from torch import nn


class GreedyNMS(nn.Module):
    def __init__(self, threshold: float = 0.5):
        super().__init__()
        self.threshold = threshold

    def overlap(self, one: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
        low = torch.maximum(one[:2], others[:, :2])
        high = torch.minimum(one[2:], others[:, 2:])
        shared = (high - low).clamp(min=0).prod(-1)
        area = (one[2:] - one[:2]).prod()
        areas = (others[:, 2:] - others[:, :2]).prod(-1)
        return shared / (area + areas - shared)

    def forward(self, boxes: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        order = scores.argsort(descending=True)
        kept: List[torch.Tensor] = []
        while order.numel() > 0:  #@ unrolled-loop: trace onnx_ts; capture-failure: export onnx
            best = order[0]
            kept.append(best)
            rest = order[1:]
            order = rest[self.overlap(boxes[best], boxes[rest]) <= self.threshold]  #@ graph-break: dynamo
        return torch.stack(kept)


def build_model():
    return GreedyNMS().eval()


def example_inputs():
    scores = torch.tensor([0.9, 0.8, 0.7, 0.6])
    piled = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 4.2], [6, 6, 9, 9], [6, 6, 9, 9.1]])
    apart = torch.tensor([[0.0, 0, 2, 2], [3, 3, 5, 5], [6, 6, 9, 9], [10, 10, 12, 12]])
    same = torch.tensor([[0.0, 0, 2, 2], [0, 0, 2, 2.1], [0, 0, 2, 2], [0, 0, 2.1, 2]])
    return {"two_piles": (piled, scores), "apart": (apart, scores), "one_pile": (same, scores)}
