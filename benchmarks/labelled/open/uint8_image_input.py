"""Images come as bytes or as floats: bytes are scaled first."""

import torch
from torch import nn


class Normalise(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.5, 0.4, 0.3]).view(3, 1, 1))
        self.conv = nn.Conv2d(3, 2, 3)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        if image.dtype == torch.uint8:  #@ specialised-type: trace export onnx onnx_ts
            image = image.float() / 255
        return self.conv(image - self.mean)


def build_model():
    torch.manual_seed(55)
    return Normalise().eval()


def example_inputs():
    torch.manual_seed(56)
    pixels = torch.randint(0, 256, (1, 3, 6, 6), dtype=torch.uint8)
    return {"float": (pixels / 255,), "bytes": (pixels,)}
