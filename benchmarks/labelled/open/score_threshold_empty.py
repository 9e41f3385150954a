"""A detection head that drops weak boxes and has its own answer for an image with none left."""

import torch
from torch import nn


class DetectionHead(nn.Module):
    def __init__(self, width: int = 6, classes: int = 3, least: float = 0.6):
        super().__init__()
        self.least = least
        self.classify = nn.Linear(width, classes)
        self.locate = nn.Linear(width, 4)

    def forward(self, regions: torch.Tensor) -> torch.Tensor:
        scores, labels = self.classify(regions).softmax(-1).max(-1)
        strong = scores > self.least
        if not strong.any():  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            return torch.zeros(1, 6)
        boxes = self.locate(regions).sigmoid()
        found = torch.cat([boxes, scores.unsqueeze(1), labels.unsqueeze(1).to(boxes.dtype)], dim=1)
        return found[strong]  #@ graph-break: dynamo


def build_model():
    torch.manual_seed(5)
    return DetectionHead().eval()


def example_inputs():
    torch.manual_seed(6)
    regions = torch.randn(5, 6)
    return {"some": (regions * 4,), "none": (regions * 0.01,), "many": (regions * 30,)}
