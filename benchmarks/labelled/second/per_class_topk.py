"""Detections are kept class by class: at most so many of each, and only those above a threshold."""

from typing import List, Tuple

import torch
from torch import nn


def best_of_class(scores: torch.Tensor, least: float, most: int) -> Tuple[torch.Tensor, torch.Tensor]:
    strong = int((scores > least).sum())  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
    return scores.topk(min(strong, most))


class ClasswiseFilter(nn.Module):
    def __init__(self, width: int = 6, classes: int = 3, least: float = 0.4, most: int = 3):
        super().__init__()
        self.classes, self.least, self.most = classes, least, most
        self.classify = nn.Linear(width, classes)
        self.locate = nn.Linear(width, 4)

    def forward(self, anchors: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        probabilities = self.classify(anchors).softmax(-1)
        boxes = self.locate(anchors)
        kept_scores: List[torch.Tensor] = []
        kept_boxes: List[torch.Tensor] = []
        for number in range(self.classes):
            scores, rows = best_of_class(probabilities[:, number], self.least, self.most)
            kept_scores.append(scores)
            kept_boxes.append(boxes[rows])
        return torch.cat(kept_scores), torch.cat(kept_boxes)


def build_model():
    torch.manual_seed(301)
    return ClasswiseFilter().eval()


def example_inputs():
    torch.manual_seed(302)
    anchors = torch.randn(8, 6)
    return {"usual": (anchors * 2,), "faint": (anchors * 0.2,), "sure": (anchors * 9,)}
