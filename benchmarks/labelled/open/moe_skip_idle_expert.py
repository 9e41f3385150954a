"""Top-1 routing that gathers each expert's tokens and passes over experts without any."""

import torch
from torch import nn


class SwitchLayer(nn.Module):
    def __init__(self, width: int = 6, experts: int = 3):
        super().__init__()
        self.router = nn.Linear(width, experts)
        self.experts = nn.ModuleList(nn.Linear(width, width) for _ in range(experts))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        gate, choice = self.router(tokens).softmax(-1).max(-1)
        out = torch.zeros_like(tokens)
        for number, expert in enumerate(self.experts):
            rows = torch.nonzero(choice == number).flatten()  #@ graph-break: dynamo
            if rows.numel() > 0:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx
                out[rows] = expert(tokens[rows]) * gate[rows].unsqueeze(1)
        return out


def build_model():
    torch.manual_seed(23)
    return SwitchLayer().eval()


def example_inputs():
    torch.manual_seed(24)
    tokens = torch.randn(6, 6) * 3
    return {"lopsided": (tokens[:1].repeat(6, 1),), "spread": (tokens,), "other": (-tokens[:1].repeat(6, 1),)}
