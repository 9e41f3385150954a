"""A soft choice among experts that hardens a little with every call."""
import torch
from torch import nn

SEQUENCE = True


class HardeningGate(nn.Module):
    def __init__(self):
        super().__init__()
        self.score = nn.Linear(4, 3)
        self.experts = nn.Linear(4, 3)
        self.tau = 2.0

    def forward(self, x):
        weights = (self.score(x) / self.tau).softmax(-1)
        self.tau = max(self.tau * 0.6, 0.1)  #@ baked-state: onnx_ts onnx export; capture-failure|baked-state: trace
        return (weights * self.experts(x)).sum(-1)


def build_model():
    torch.manual_seed(0)
    return HardeningGate().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"call{index}": (torch.randn(3, 4) * 2,) for index in range(4)}
