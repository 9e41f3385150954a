"""assert statement on a tensor of lengths"""
import torch
from torch import nn


class M(nn.Module):
    def forward(self, x, lengths):
        assert (lengths <= x.shape[1]).all(), "length beyond the padding"  #@ lost-check: trace onnx_ts onnx; capture-failure: export
        pos = torch.arange(x.shape[1])
        return (x * (pos < lengths[:, None])).sum(1) / lengths


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"ok": (torch.randn(2, 4), torch.tensor([4, 2])), "beyond": (torch.randn(2, 4), torch.tensor([4, 6]))}
