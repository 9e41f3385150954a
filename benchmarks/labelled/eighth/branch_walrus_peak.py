"""peak normalisation of a waveform, only when it would clip (assignment expression)"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.filt = nn.Conv1d(1, 1, 3, padding=1)
    def forward(self, wave):
        y = self.filt(wave)
        if (peak := y.abs().amax()) > 1.0:  #@ baked-branch: trace onnx_ts; capture-failure: script export onnx; graph-break: dynamo
            y = y / peak
        return y


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"quiet": (torch.randn(1, 1, 12) * 0.1,), "loud": (torch.randn(1, 1, 12) * 9,)}
