"""log-magnitude spectrum of a frame"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(8))
        self.fc = nn.Linear(5, 3)
    def forward(self, frame):
        spec = torch.fft.rfft(frame * self.window)  #@ capture-failure: onnx_ts
        return self.fc(spec.abs().add(1e-3).log())


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"tone": (torch.sin(torch.arange(8.0)).unsqueeze(0),), "noise": (torch.randn(1, 8),)}
