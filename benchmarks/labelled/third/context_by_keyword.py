"""A denoiser's block that attends to a text when one is given, as keyword arguments have it."""

from typing import Optional

import torch
from torch import nn


class CrossBlock(nn.Module):
    def __init__(self, width: int = 8):
        super().__init__()
        self.to_q = nn.Linear(width, width)
        self.to_kv = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(
        self, x: torch.Tensor, scale: Optional[torch.Tensor] = None, context: Optional[torch.Tensor] = None
    ) -> torch.Tensor:
        source = x if context is None else context  #@ specialised-type: trace export onnx onnx_ts
        k, v = self.to_kv(source).chunk(2, dim=-1)
        mixed = self.out((self.to_q(x) @ k.transpose(1, 2)).softmax(-1) @ v)
        return x + (mixed if scale is None else mixed * scale)


def build_model():
    torch.manual_seed(527)
    return CrossBlock().eval()


def example_inputs():
    torch.manual_seed(528)
    x, gain, text = torch.randn(1, 4, 8), torch.full((8,), 0.5), torch.randn(1, 4, 8)
    return {"alone": ((x,), {"scale": gain}), "text": ((x,), {"scale": gain, "context": text})}
