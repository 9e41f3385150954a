"""Event camera: only the pixels that fired are encoded, and a silent frame leaves the state as it is."""
import torch
from torch import nn


class EventEncoder(nn.Module):
    def __init__(self, dim: int, threshold: float):
        super().__init__()
        self.threshold = threshold
        self.mlp = nn.Sequential(nn.Linear(4, dim), nn.ReLU(), nn.Linear(dim, dim))

    def forward(self, frame, coordinates):
        fired = frame.abs().amax(dim=-1) > self.threshold
        events = torch.cat([frame[fired], coordinates[fired]], dim=-1)  #@ graph-break: dynamo
        return self.mlp(events)


class EventTracker(nn.Module):
    def __init__(self, dim: int = 6, threshold: float = 1.0):
        super().__init__()
        self.encoder = EventEncoder(dim, threshold)
        self.update = nn.GRUCell(dim, dim)

    def forward(self, frame, coordinates, state):
        codes = self.encoder(frame, coordinates)
        if codes.size(0) == 0:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx
            return state
        return self.update(codes.max(dim=0, keepdim=True).values, state)


def build_model():
    torch.manual_seed(0)
    return EventTracker().eval()


def example_inputs():
    torch.manual_seed(17)
    ys, xs = torch.meshgrid(torch.linspace(-1, 1, 5), torch.linspace(-1, 1, 5), indexing="ij")
    coordinates = torch.stack([ys, xs], dim=-1)
    state = torch.randn(1, 6)
    return {
        "busy": (torch.randn(5, 5, 2) * 2, coordinates, state),
        "quiet": (torch.randn(5, 5, 2) * 0.6, coordinates, state),
        "silent": (torch.zeros(5, 5, 2), coordinates, state),
    }
