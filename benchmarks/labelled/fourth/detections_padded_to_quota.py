"""Detections over a threshold, filled with zeros up to a fixed number so that batches can be stacked."""

import torch
from torch import nn


class FixedDetections(nn.Module):
    def __init__(self, quota: int = 4, threshold: float = 0.5):
        super().__init__()
        self.quota, self.threshold = quota, threshold
        self.refine = nn.Linear(4, 4)

    def forward(self, boxes: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        kept = boxes[scores > self.threshold]  #@ graph-break: dynamo
        missing = self.quota - kept.shape[0]
        if missing > 0:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx
            kept = torch.cat([kept, torch.zeros(missing, 4)])
        else:
            kept = kept[: self.quota]
        return kept + self.refine(kept)


def build_model():
    torch.manual_seed(711)
    return FixedDetections().eval()


def example_inputs():
    torch.manual_seed(712)
    boxes, scores = torch.rand(8, 4), torch.tensor([0.9, 0.1, 0.7, 0.2, 0.3, 0.1, 0.4, 0.2])
    return {"few": (boxes, scores), "none": (boxes, scores * 0.5), "many": (boxes, scores + 0.4)}
