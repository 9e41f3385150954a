"""A variational encoder that draws its code with randn_like."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = nn.Linear(4, 3)
        self.log_var = nn.Linear(4, 3)

    def forward(self, x):
        mean, log_var = self.mean(x), self.log_var(x)
        noise = torch.randn_like(mean)  #@ baked-random|numerical-mismatch: onnx_ts onnx
        return mean + noise * (0.5 * log_var).exp()


def build_model():
    torch.manual_seed(0)
    return Encoder().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4),)}
