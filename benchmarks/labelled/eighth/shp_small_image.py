"""tiny images are enlarged before the strided convolution"""
import torch
import torch.nn.functional as F
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(1, 2, 3, stride=2)
    def forward(self, img):
        if min(img.shape[-2], img.shape[-1]) < 6:  #@ baked-branch|specialised-shape: trace onnx_ts onnx export
            img = F.interpolate(img, scale_factor=2.0, mode="nearest")
        return self.c(img).mean((-2, -1))


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"large": (torch.randn(1, 1, 8, 8),), "tiny": (torch.randn(1, 1, 4, 4),)}
