"""A temperature that cools with the number of calls, counted in a Python attribute."""

import torch
from torch import nn

SEQUENCE = True


class AnnealedGate(nn.Module):
    def __init__(self, warm: int = 2):
        super().__init__()
        self.warm = warm
        self.calls = 0
        self.fc = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1  #@ baked-state: export onnx onnx_ts; baked-state|capture-failure: trace
        temperature = max(1.0, 4.0 / self.calls)
        gate = torch.sigmoid(self.fc(x) / temperature)
        if self.calls <= self.warm:
            gate = gate.detach() * 0.5
        return x * gate


def build_model():
    torch.manual_seed(227)
    return AnnealedGate().eval()


def example_inputs():
    torch.manual_seed(228)
    return {f"call_{i}": (torch.randn(2, 4) * 3,) for i in range(4)}
