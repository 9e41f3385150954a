"""Audio is viewed as frames of four samples; where that cannot be, it is padded first."""

import torch
from torch import nn
from torch.nn import functional as F


class FrameEnergy(nn.Module):
    def __init__(self, frame: int = 4):
        super().__init__()
        self.frame = frame
        self.fc = nn.Linear(frame, 3)

    def forward(self, wave):
        try:  #@ capture-failure: script
            frames = wave.view(wave.shape[0], -1, self.frame)  #@ baked-branch|specialised-shape: trace export onnx onnx_ts; baked-branch|specialised-shape|capture-failure: dynamo
        except RuntimeError:
            padded = F.pad(wave, (0, self.frame - wave.shape[1] % self.frame))
            frames = padded.view(wave.shape[0], -1, self.frame)
        else:
            frames = frames - frames.mean(-1, keepdim=True)
        return self.fc(frames).pow(2).mean(1)


def build_model():
    torch.manual_seed(537)
    return FrameEnergy().eval()


def example_inputs():
    torch.manual_seed(538)
    return {"whole": (torch.randn(2, 12),), "rest": (torch.randn(2, 10),)}
