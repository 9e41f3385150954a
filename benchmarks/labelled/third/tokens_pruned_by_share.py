"""A vision transformer's block that keeps a share of the tokens, those that the class token attends to most."""

import torch
from torch import nn


class PruneTokens(nn.Module):
    def __init__(self, width: int = 6, share: float = 0.5):
        super().__init__()
        self.share = share
        self.query = nn.Linear(width, width)
        self.mix = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first, rest = x[:, :1], x[:, 1:]
        attention = (self.query(first) @ rest.transpose(1, 2)).squeeze(1)
        kept = int(rest.shape[1] * self.share)  #@ baked-constant|specialised-shape: trace export onnx onnx_ts
        rows = attention.topk(kept, dim=1).indices
        rest = rest.gather(1, rows.unsqueeze(-1).expand(-1, -1, rest.shape[2]))
        return self.mix(torch.cat([first, rest], dim=1))


def build_model():
    torch.manual_seed(579)
    return PruneTokens().eval()


def example_inputs():
    torch.manual_seed(580)
    return {"small": (torch.randn(1, 5, 6),), "large": (torch.randn(1, 10, 6),)}
