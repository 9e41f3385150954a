"""A voice gate with hangover: after the last loud frame it stays open for a few frames more."""

import torch
from torch import nn


class VoiceGate(nn.Module):
    def __init__(self, frame: int = 4, hangover: int = 2):
        super().__init__()
        self.hangover = hangover
        self.floor = nn.Parameter(torch.tensor(0.5))
        self.enhance = nn.Linear(frame, frame)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        energy = frames.pow(2).mean(-1)
        gate = []
        left = 0
        for loud in (energy > self.floor).tolist():  #@ baked-constant|baked-branch: trace onnx_ts; capture-failure: script; graph-break: dynamo
            left = self.hangover if loud else max(left - 1, 0)  #@ capture-failure: export onnx
            gate.append(float(left > 0))
        return self.enhance(frames) * torch.tensor(gate).unsqueeze(-1)


def build_model():
    torch.manual_seed(701)
    return VoiceGate().eval()


def example_inputs():
    torch.manual_seed(702)
    rise = torch.linspace(0.05, 2, 6).unsqueeze(-1)
    frames = torch.randn(6, 4).sign()
    return {"rises": (frames * rise,), "falls": (frames * rise.flip(0),), "silent": (frames * 0.01,)}
