"""variance guard behind a shape test in one condition"""
import torch
from torch import nn


class M(nn.Module):
    def forward(self, series):
        centred = series - series.mean()
        if len(series) > 1 and series.var() < 1e-6:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            return centred
        return centred / series.std()


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"moving": (torch.tensor([1.0, 4.0, 2.0, 7.0]),), "constant": (torch.full((4,), 3.0),)}
