"""Voice activity over a stream of chunks: the left context of the convolution is kept between the calls."""
import torch
from torch import nn


class StreamingConv(nn.Module):
    context: torch.Tensor

    def __init__(self, channels: int, kernel: int):
        super().__init__()
        self.keep = kernel - 1
        self.conv = nn.Conv1d(channels, channels, kernel)
        self.register_buffer("context", torch.zeros(1, channels, kernel - 1), persistent=False)

    def forward(self, chunk):
        joined = torch.cat([self.context, chunk], dim=-1)
        self.context = joined[..., -self.keep:].detach()  #@ baked-state|mutation: trace export onnx onnx_ts
        return self.conv(joined)


class StreamingVAD(nn.Module):
    def __init__(self, bands: int = 5, kernel: int = 4, threshold: float = 0.5):
        super().__init__()
        self.threshold = threshold
        self.front = StreamingConv(bands, kernel)
        self.score = nn.Sequential(nn.Linear(bands, 4), nn.Tanh(), nn.Linear(4, 1))

    def forward(self, chunk):
        h = torch.relu(self.front(chunk)).mean(-1)
        speech = torch.sigmoid(self.score(h)).squeeze(1)
        return speech, speech > self.threshold


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return StreamingVAD().eval()


def example_inputs():
    torch.manual_seed(3)
    return {f"chunk {i}": (torch.randn(1, 5, 6) * (i + 1),) for i in range(3)}
