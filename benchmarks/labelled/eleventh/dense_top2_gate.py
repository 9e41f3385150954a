"""A mixture of experts where all experts run on all tokens and a sparse gate weights them: nothing is routed."""
import torch
from torch import nn


class TopKGate(nn.Module):
    def __init__(self, dim: int, n_experts: int, k: int, noise: float = 0.1):
        super().__init__()
        self.k = k
        self.noise = noise
        self.proj = nn.Linear(dim, n_experts)

    def forward(self, x):
        logits = self.proj(x)
        if self.training:
            logits = logits + self.noise * torch.randn_like(logits)
        top, index = logits.topk(self.k, dim=-1)
        return torch.zeros_like(logits).scatter(-1, index, top.softmax(-1))


class DenseMoE(nn.Module):
    def __init__(self, dim: int = 6, hidden: int = 8, n_experts: int = 4, k: int = 2):
        super().__init__()
        self.gate = TopKGate(dim, n_experts, k)
        self.w_in = nn.Parameter(torch.randn(n_experts, dim, hidden) * dim**-0.5)
        self.w_out = nn.Parameter(torch.randn(n_experts, hidden, dim) * hidden**-0.5)

    def run_experts(self, x):
        h = torch.einsum("btd,edh->bteh", x, self.w_in)
        return torch.einsum("bteh,ehd->bted", torch.relu(h), self.w_out)

    def forward(self, x):
        weights = self.gate(x)
        mixed = (self.run_experts(x) * weights.unsqueeze(-1)).sum(2)
        load = (weights > 0).float().mean((0, 1))
        return x + mixed, load


def build_model():
    torch.manual_seed(0)
    return DenseMoE().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"mild": (torch.randn(2, 5, 6),), "one way": (torch.randn(1, 1, 6).expand(2, 5, 6).contiguous(),), "strong": (torch.randn(2, 5, 6) * 8,)}
