"""a two-entry table of sub-networks indexed by a data-dependent key"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.paths = nn.ModuleDict({"dark": nn.Linear(6, 2), "bright": nn.Linear(6, 2)})
    def forward(self, pixels):
        key = "bright" if bool(pixels.mean() > 0.5) else "dark"  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
        return self.paths[key](pixels)  #@ capture-failure: script


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"night": (torch.rand(1, 6) * 0.3,), "noon": (torch.rand(1, 6) * 0.3 + 0.7,)}
