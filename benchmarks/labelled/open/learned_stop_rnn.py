"""A recurrent generator with a learnt stop signal, as in speech synthesis: frames until the stop is likely."""

from typing import List

import torch
from torch import nn


class FrameDecoder(nn.Module):
    def __init__(self, width: int = 8, most: int = 10):
        super().__init__()
        self.most = most
        self.cell = nn.GRUCell(width, width)
        self.frame = nn.Linear(width, 4)
        self.stop = nn.Linear(width, 1)

    def forward(self, context: torch.Tensor) -> torch.Tensor:
        state = context
        frames: List[torch.Tensor] = []
        while len(frames) < self.most:
            state = self.cell(context, state)
            frames.append(self.frame(state))
            if torch.sigmoid(self.stop(state)).item() > 0.5:  #@ unrolled-loop|baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                break
        return torch.stack(frames, dim=1)


def build_model():
    torch.manual_seed(43)
    model = FrameDecoder()
    with torch.no_grad():
        model.stop.weight.mul_(5)
    return model.eval()


def example_inputs():
    torch.manual_seed(44)
    return {name: (torch.randn(1, 8) * 2,) for name in ("hello", "yes", "a_long_one", "no")}
