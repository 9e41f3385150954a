"""a single image without batch dimension is accepted too"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(1, 2, 3)
    def forward(self, img):
        if img.dim() == 3:  #@ specialised-type: trace onnx_ts onnx export
            img = img.unsqueeze(0)
        return self.c(img).amax((-2, -1))


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"batch": (torch.randn(2, 1, 5, 5),), "single": (torch.randn(1, 5, 5),)}
