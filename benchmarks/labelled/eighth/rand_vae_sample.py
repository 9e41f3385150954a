"""reparametrised sample of a variational encoder"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 6)
    def forward(self, x):
        mu, logvar = self.enc(x).chunk(2, -1)
        return mu + torch.randn_like(mu) * (0.5 * logvar).exp()  #@ baked-random|numerical-mismatch: onnx_ts onnx


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.ones(2, 4),), "b": (torch.ones(2, 4),)}
