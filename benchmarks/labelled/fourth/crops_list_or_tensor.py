"""A backbone that takes one tensor of images or a list of crops."""

import torch
from torch import nn


class MultiCrop(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.backbone = nn.Conv2d(1, width, 3)
        self.head = nn.Linear(width, 3)

    def forward(self, crops):  #@ specialised-type: script
        if not isinstance(crops, list):  #@ specialised-type: trace export onnx onnx_ts
            crops = [crops]
        pooled = [self.backbone(crop).relu().mean((2, 3)) for crop in crops]
        return self.head(torch.cat(pooled))


def build_model():
    torch.manual_seed(747)
    return MultiCrop().eval()


def example_inputs():
    torch.manual_seed(748)
    large, small = torch.randn(2, 1, 8, 8), torch.randn(2, 1, 5, 5)
    return {"crops": ([large, small],), "one": (large,)}
