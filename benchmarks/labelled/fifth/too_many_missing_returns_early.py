"""A series with too many missing values is answered with zeros."""

import torch
from torch import nn


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 2)

    def forward(self, series):
        if int(torch.isnan(series).sum()) > 3:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            return torch.zeros(series.shape[0], 2)
        return self.fc(torch.nan_to_num(series))


def build_model():
    torch.manual_seed(0)
    return Forecast().eval()


def example_inputs():
    torch.manual_seed(1)
    few = torch.randn(2, 6)
    few[0, 1] = float("nan")
    many = torch.randn(2, 6)
    many[:, ::2] = float("nan")
    return {"few": (few,), "many": (many,)}
