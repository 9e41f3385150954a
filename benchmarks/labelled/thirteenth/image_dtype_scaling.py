"""An image model that takes bytes as well as numbers between nought and one."""
import torch
from torch import nn


class AnyImage(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.48, 0.45, 0.41]).view(3, 1, 1))
        self.register_buffer("deviation", torch.tensor([0.23, 0.22, 0.22]).view(3, 1, 1))
        self.stem = nn.Conv2d(3, 4, 3, stride=2)

    def forward(self, image):
        if image.dtype == torch.uint8:  #@ specialised-type: trace onnx_ts onnx export
            image = image.float() / 255
        return self.stem((image - self.mean) / self.deviation).relu()


def build_model():
    torch.manual_seed(0)
    return AnyImage().eval()


def example_inputs():
    torch.manual_seed(1)
    return {
        "bytes": (torch.randint(0, 256, (1, 3, 7, 7), dtype=torch.uint8),),
        "floats": (torch.rand(1, 3, 7, 7),),
    }
