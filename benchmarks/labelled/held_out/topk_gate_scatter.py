"""Top-2 routing where the gates of the chosen experts are scattered into a dense matrix."""

import torch
from torch import nn


class TopTwo(nn.Module):
    def __init__(self, width: int = 6, experts: int = 5):
        super().__init__()
        self.router = nn.Linear(width, experts, bias=False)
        self.weight = nn.Parameter(torch.randn(experts, width, width) / width**0.5)

    def forward(self, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits = self.router(tokens)
        best, index = logits.topk(2, dim=-1)
        gates = torch.zeros_like(logits).scatter(-1, index, best.softmax(-1))
        mixed = torch.einsum("te,ti,eio->to", gates, tokens, self.weight)
        load = (gates > 0).float().mean(0)
        return mixed, load * gates.mean(0)


def build_model():
    torch.manual_seed(213)
    return TopTwo().eval()


def example_inputs():
    torch.manual_seed(214)
    return {"even": (torch.randn(8, 6),), "skewed": (torch.randn(8, 6) + 2,), "loud": (torch.randn(8, 6) * 7,)}
