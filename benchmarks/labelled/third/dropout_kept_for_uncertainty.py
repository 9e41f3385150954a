"""Monte Carlo dropout: only the dropout layers are left in training mode, and several passes are averaged."""

import torch
from torch import nn


class MonteCarlo(nn.Module):
    def __init__(self, passes: int = 3):
        super().__init__()
        self.passes = passes
        self.net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Dropout(0.4), nn.Linear(8, 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = torch.zeros(x.shape[0], 2)
        for _ in range(self.passes):
            total = total + self.net(x).softmax(-1)  #@ baked-mode: onnx onnx_ts
        return total / self.passes


def build_model():
    torch.manual_seed(553)
    model = MonteCarlo().eval()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train()
    return model


def example_inputs():
    torch.manual_seed(554)
    return {"a": (torch.randn(2, 5),), "b": (torch.randn(2, 5) * 3,)}
