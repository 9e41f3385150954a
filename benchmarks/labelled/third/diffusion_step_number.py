"""One denoising step of a diffusion sampler, whose step is a plain Python number."""

import torch
from torch import nn


class DenoiseStep(nn.Module):
    alphas: torch.Tensor

    def __init__(self, steps: int = 10, width: int = 4):
        super().__init__()
        self.register_buffer("alphas", torch.cumprod(1 - torch.linspace(0.01, 0.3, steps), 0))
        self.predict = nn.Linear(width, width)

    def forward(self, x: torch.Tensor, step: int) -> torch.Tensor:  #@ baked-constant: export onnx; capture-failure: trace
        now = self.alphas[step]
        before = self.alphas[step - 1]
        noise = self.predict(x)
        clean = (x - (1 - now).sqrt() * noise) / now.sqrt()
        return before.sqrt() * clean + (1 - before).sqrt() * noise


def build_model():
    torch.manual_seed(511)
    return DenoiseStep().eval()


def example_inputs():
    torch.manual_seed(512)
    x = torch.randn(2, 4)
    return {"late": (x, 9), "middle": (x, 5), "early": (x, 1)}
