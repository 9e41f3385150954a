"""An alpha-beta filter over detections, frame after frame, with its track in a dictionary."""

from typing import Dict

import torch
from torch import nn

SEQUENCE = True


class AlphaBetaTracker(nn.Module):
    track: Dict[str, torch.Tensor]

    def __init__(self, alpha: float = 0.6, beta: float = 0.3):
        super().__init__()
        self.alpha, self.beta = alpha, beta
        self.measure = nn.Linear(4, 2)
        self.track = {"position": torch.zeros(2), "velocity": torch.zeros(2)}

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        expected = self.track["position"] + self.track["velocity"]
        residual = self.measure(features) - expected
        self.track["position"] = expected + self.alpha * residual  #@ baked-state: export onnx onnx_ts; capture-failure|baked-state: trace
        self.track["velocity"] = self.track["velocity"] + self.beta * residual  #@ baked-state: export onnx onnx_ts; capture-failure|baked-state: trace
        return expected


def build_model():
    torch.manual_seed(715)
    return AlphaBetaTracker().eval()


def example_inputs():
    torch.manual_seed(716)
    return {f"frame_{i}": (torch.randn(4) + i,) for i in range(4)}
