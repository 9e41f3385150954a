"""Eight-bit inference: columns with outliers, if there are any, are left out of the rounding."""

import torch
from torch import nn


class Int8Linear(nn.Module):
    def __init__(self, width: int = 6, threshold: float = 5.0):
        super().__init__()
        self.threshold = threshold
        self.fc = nn.Linear(width, 3)

    def rounded(self, x):
        scale = x.abs().amax() / 127
        return torch.round(x / scale) * scale

    def forward(self, x):
        if (outliers := (x.abs() > self.threshold).any(0)).any():  #@ baked-branch: trace onnx_ts; capture-failure: script export onnx; graph-break: dynamo
            usual = self.rounded(x.masked_fill(outliers, 0.0))
            return self.fc(torch.where(outliers, x, usual))
        return self.fc(self.rounded(x))


def build_model():
    torch.manual_seed(583)
    return Int8Linear().eval()


def example_inputs():
    torch.manual_seed(584)
    x = torch.randn(4, 6)
    return {"usual": (x,), "outlier": (x + torch.tensor([0.0, 0.0, 400.0, 0.0, 0.0, 0.0]),)}
