"""four-bit weights unpacked from bytes with shifts and masks"""
import torch
from torch import nn


class M(nn.Module):
    def forward(self, packed):
        lo = packed & 15
        hi = (packed >> 4) & 15  #@ numerical-mismatch: onnx_ts
        return torch.stack([lo, hi], -1).flatten(-2) - 8


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"pos": (torch.tensor([[17, 250, 3]]),), "neg": (torch.tensor([[-17, -250, -3]]),)}
