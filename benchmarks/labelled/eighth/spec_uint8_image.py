"""bytes are scaled to the unit range, floats are taken as they are"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
    def forward(self, pixels):
        if pixels.dtype == torch.uint8:  #@ specialised-type: trace onnx_ts onnx export
            pixels = pixels.float() / 255
        return self.fc(pixels)


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"float": (torch.rand(1, 4),), "bytes": (torch.tensor([[0, 128, 255, 7]], dtype=torch.uint8),)}
