"""random-erase style: a patch of the caller's image is zeroed"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(1, 1, 3)
    def forward(self, img):
        img[:, :, 1:3, 1:3] = 0.0  #@ mutation: onnx_ts onnx
        return self.c(img)


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.ones(1, 1, 5, 5),), "b": (torch.randn(1, 1, 5, 5),)}
