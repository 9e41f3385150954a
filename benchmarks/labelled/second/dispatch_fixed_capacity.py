"""Top-1 routing with a fixed capacity: the place in an expert's queue is a running sum, and overflow is dropped."""

import torch
from torch import nn
from torch.nn import functional as F


class CapacityRouter(nn.Module):
    def __init__(self, width: int = 4, experts: int = 3, capacity: int = 2):
        super().__init__()
        self.experts, self.capacity = experts, capacity
        self.router = nn.Linear(width, experts, bias=False)
        self.weights = nn.Parameter(torch.randn(experts, width, width) * 0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        gate, choice = self.router(tokens).softmax(-1).max(-1)
        hot = F.one_hot(choice, self.experts)
        place = (hot.cumsum(0) * hot).sum(-1) - 1
        kept = (place < self.capacity).to(tokens.dtype)
        slot = F.one_hot(place.clamp(max=self.capacity - 1), self.capacity).to(tokens.dtype)
        dispatch = torch.einsum("te,tc,t->tec", hot.to(tokens.dtype), slot, kept)
        queued = torch.einsum("tec,td->ecd", dispatch, tokens)
        done = torch.bmm(queued, self.weights)
        return tokens + gate.unsqueeze(1) * torch.einsum("tec,ecd->td", dispatch, done)


def build_model():
    torch.manual_seed(357)
    return CapacityRouter().eval()


def example_inputs():
    torch.manual_seed(358)
    tokens = torch.randn(7, 4)
    return {"spread": (tokens,), "crowded": (tokens * 0.1 + tokens[:1],), "other": (-tokens,)}
