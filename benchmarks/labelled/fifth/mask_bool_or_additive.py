"""An attention mask tells what is visible, or is added to the scores."""

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(4, 4)
        self.key = nn.Linear(4, 4)

    def forward(self, x, mask):
        scores = self.query(x) @ self.key(x).transpose(1, 2)
        if mask.dtype == torch.bool:  #@ specialised-type: trace export onnx onnx_ts
            scores = scores.masked_fill(~mask, -1e4)
        else:
            scores = scores + mask
        return scores.softmax(-1) @ x


def build_model():
    torch.manual_seed(0)
    return Attention().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(1, 4, 4)
    visible = torch.ones(4, 4, dtype=torch.bool).tril()
    return {"bool": (x, visible), "additive": (x, torch.randn(4, 4))}
