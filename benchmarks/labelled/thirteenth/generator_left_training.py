"""The generator of a GAN, which is sampled from as it is trained: normalised by its own batch."""
import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.project = nn.Linear(5, 4 * 2 * 2)
        self.norm = nn.BatchNorm2d(4)
        self.up = nn.ConvTranspose2d(4, 1, 4, stride=2, padding=1)

    def forward(self, noise):
        hidden = self.project(noise).view(-1, 4, 2, 2)
        hidden = self.norm(hidden).relu()  #@ baked-mode: onnx_ts onnx
        return self.up(hidden).tanh()


def build_model():
    torch.manual_seed(0)
    return Generator().train()


def example_inputs():
    torch.manual_seed(1)
    return {"unit": (torch.randn(6, 5),), "wide": (torch.randn(6, 5) * 4 + 1,)}
