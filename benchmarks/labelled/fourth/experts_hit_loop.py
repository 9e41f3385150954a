"""A sparse mixture that goes through the experts that at least one token has chosen."""

import torch
import torch.nn.functional as F
from torch import nn


class SparseMixture(nn.Module):
    def __init__(self, width: int = 4, experts: int = 4):
        super().__init__()
        self.count = experts
        self.gate = nn.Linear(width, experts, bias=False)
        self.experts = nn.ModuleList(nn.Linear(width, width) for _ in range(experts))

    def forward(self, tokens):
        weights, chosen = self.gate(tokens).softmax(-1).topk(2)
        mask = F.one_hot(chosen, self.count).permute(2, 1, 0)
        hit = mask.sum((1, 2)).nonzero().flatten()  #@ graph-break: dynamo
        out = torch.zeros_like(tokens)
        for expert in hit.tolist():  #@ unrolled-loop|baked-constant: trace onnx_ts; capture-failure: script export onnx; graph-break: dynamo
            rank, row = torch.where(mask[expert])  #@ graph-break: dynamo
            out.index_add_(0, row, self.experts[expert](tokens[row]) * weights[row, rank].unsqueeze(-1))
        return out


def build_model():
    torch.manual_seed(721)
    return SparseMixture().eval()


def example_inputs():
    torch.manual_seed(722)
    token = torch.randn(1, 4)
    return {"alike": (token + 0.01 * torch.randn(3, 4),), "opposite": (0.01 * torch.randn(3, 4) - token,), "mixed": (torch.randn(3, 4) * 3,)}
