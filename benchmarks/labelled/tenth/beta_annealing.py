"""A VAE objective whose KL term is warmed up by a counter of its own calls."""
import math

import torch
from torch import nn


def cosine_warmup(start, end, steps):
    def beta(step: int) -> float:
        done = min(step, steps) / steps
        return end + (start - end) * 0.5 * (1.0 + math.cos(math.pi * done))

    return beta


class BetaVAELoss(nn.Module):
    def __init__(self, dim=10, latent=3, schedule=None, free_bits=0.02):
        super().__init__()
        self.enc = nn.Linear(dim, 2 * latent)
        self.dec = nn.Linear(latent, dim)
        self.schedule = schedule or cosine_warmup(0.0, 1.0, 4)
        self.free_bits = free_bits
        self.global_step = 0

    def kl(self, mu, logvar):
        kl = 0.5 * (mu.pow(2) + logvar.exp() - 1.0 - logvar)
        return kl.mean(0).clamp(min=self.free_bits).sum()

    def forward(self, x):
        mu, logvar = self.enc(x).chunk(2, dim=-1)
        rec = (self.dec(mu) - x).square().sum(-1).mean()
        self.global_step += 1  #@ baked-state|capture-failure: trace; baked-state: export onnx onnx_ts
        beta = self.schedule(self.global_step)  #@ capture-failure: script
        return rec + beta * self.kl(mu, logvar)


SEQUENCE = True
GRAD = True


def build_model():
    torch.manual_seed(0)
    return BetaVAELoss().eval()


def example_inputs():
    torch.manual_seed(1)
    batch = torch.randn(6, 10)
    return {"step 1": (batch,), "step 2": (batch + 0.5,), "step 3": (batch * 2,)}
