"""an auxiliary head used only in training, the model is left in train mode"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.aux = nn.Linear(4, 4)
    def forward(self, x):
        h = self.body(x)
        if self.training:  #@ baked-mode: onnx_ts
            h = h + 0.3 * self.aux(h)
        return h.tanh()


def build_model():
    torch.manual_seed(0)
    return M().train()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 3,)}
