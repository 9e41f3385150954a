"""A scan segmented slab by slab, so that a deep one fits into memory."""
import torch
from torch import nn


class SlabSegmenter(nn.Module):
    def __init__(self, thickness=2):
        super().__init__()
        self.thickness = thickness
        self.net = nn.Sequential(nn.Conv3d(1, 2, 3, padding=1), nn.ReLU(), nn.Conv3d(2, 1, 1))

    def forward(self, scan):
        parts = []
        for top in range(0, scan.shape[2], self.thickness):  #@ unrolled-loop|specialised-shape: trace onnx_ts onnx export
            parts.append(self.net(scan[:, :, top : top + self.thickness]))
        return torch.cat(parts, 2).sigmoid()


def build_model():
    torch.manual_seed(0)
    return SlabSegmenter().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"shallow": (torch.randn(1, 1, 4, 5, 5),), "deep": (torch.randn(1, 1, 8, 5, 5),)}
