"""mean over valid time steps, nothing is skipped"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 4)
    def forward(self, x, valid):
        w = valid.unsqueeze(-1).to(x.dtype)
        return (self.fc(x) * w).sum(1) / w.sum(1).clamp(min=1.0)


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"part": (torch.randn(2, 4, 3), torch.tensor([[True, True, False, False], [True, True, True, True]])), "none": (torch.randn(2, 4, 3), torch.zeros(2, 4, dtype=torch.bool))}
