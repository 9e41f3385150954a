"""A switch feed-forward layer: every token goes to one expert, and an expert takes no more than its capacity."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class Expert(nn.Module):
    def __init__(self, dim: int, hidden: int):
        super().__init__()
        self.w1 = nn.Linear(dim, hidden)
        self.w2 = nn.Linear(hidden, dim)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)))


class SwitchFFN(nn.Module):
    def __init__(self, dim: int = 6, hidden: int = 9, n_experts: int = 3, capacity_factor: float = 1.25):
        super().__init__()
        self.n_experts = n_experts
        self.capacity_factor = capacity_factor
        self.gate = nn.Linear(dim, n_experts, bias=False)
        self.experts = nn.ModuleList([Expert(dim, hidden) for _ in range(n_experts)])

    def balance_loss(self, probs, route):
        share = F.one_hot(route, self.n_experts).float().mean(0)
        return self.n_experts * (share * probs.mean(0)).sum()

    def forward(self, x):
        tokens = x.reshape(-1, x.shape[-1])
        probs = self.gate(tokens).softmax(-1)
        weight, route = probs.max(-1)
        capacity = math.ceil(8 * self.capacity_factor / self.n_experts)
        out = tokens.clone()  # dropped tokens keep their value
        for e, expert in enumerate(self.experts):
            index = torch.where(route == e)[0]  #@ graph-break: dynamo
            if index.numel() > 0:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx
                index = index[:capacity]
                out[index] = expert(tokens[index]) * weight[index].unsqueeze(-1)
        return out.view_as(x), self.balance_loss(probs, route)


def build_model():
    torch.manual_seed(0)
    return SwitchFFN().eval()


def example_inputs():
    torch.manual_seed(1)
    base = torch.randn(1, 1, 6) * 3
    return {"one way": (base + 0.1 * torch.randn(2, 4, 6),), "spread": (torch.randn(2, 4, 6) * 3,), "other": (-base + 0.1 * torch.randn(2, 4, 6),)}
