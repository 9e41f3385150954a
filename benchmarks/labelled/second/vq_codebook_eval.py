"""A vector quantiser with an EMA codebook, which is updated in training only and examined in eval mode."""

from typing import Tuple

import torch
from torch import nn
from torch.nn import functional as F


class EMAQuantiser(nn.Module):
    def __init__(self, codes: int = 6, width: int = 3, decay: float = 0.9):
        super().__init__()
        self.codes, self.decay = codes, decay
        self.register_buffer("book", torch.randn(codes, width))
        self.register_buffer("size", torch.ones(codes))
        self.register_buffer("total", self.book.clone())

    def update(self, x: torch.Tensor, chosen: torch.Tensor) -> None:
        hot = F.one_hot(chosen, self.codes).to(x.dtype)
        self.size.mul_(self.decay).add_(hot.sum(0), alpha=1 - self.decay)
        self.total.mul_(self.decay).add_(hot.t() @ x, alpha=1 - self.decay)
        self.book.copy_(self.total / self.size.unsqueeze(1))

    def forward(self, x: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        distance = x.pow(2).sum(1, keepdim=True) - 2 * x @ self.book.t() + self.book.pow(2).sum(1)
        chosen = distance.argmin(1)
        quantised = F.embedding(chosen, self.book)
        if self.training:
            self.update(x, chosen)
        return x + (quantised - x).detach(), chosen


def build_model():
    torch.manual_seed(355)
    return EMAQuantiser().eval()


def example_inputs():
    torch.manual_seed(356)
    return {"usual": (torch.randn(5, 3),), "wide": (torch.randn(5, 3) * 6,)}
