"""Hierarchical sampling of a radiance field: depths are drawn where the weights are, through the inverse CDF."""

import torch
from torch import nn


class InverseCDF(nn.Module):
    def __init__(self, bins: int = 8, draws: int = 6):
        super().__init__()
        self.register_buffer("edges", torch.linspace(2.0, 6.0, bins + 1))
        self.register_buffer("u", (torch.arange(draws) + 0.5) / draws)

    def forward(self, density: torch.Tensor) -> torch.Tensor:
        weights = density.relu() + 1e-2
        cdf = (weights / weights.sum(-1, keepdim=True)).cumsum(-1)
        cdf = torch.cat([torch.zeros_like(cdf[:, :1]), cdf], dim=-1)
        u = self.u.expand(density.shape[0], -1).contiguous()
        above = torch.searchsorted(cdf, u, right=True).clamp(1, density.shape[1])  #@ capture-failure: onnx onnx_ts
        low, high = cdf.gather(1, above - 1), cdf.gather(1, above)
        start, end = self.edges[above - 1], self.edges[above]
        return start + (u - low) / (high - low) * (end - start)


def build_model():
    return InverseCDF().eval()


def example_inputs():
    torch.manual_seed(332)
    return {"noisy": (torch.randn(3, 8),), "peak": (torch.eye(8)[:3] * 9,)}
