"""Two projections, of which one is enough where query and key are the same values."""

import torch
from torch import nn


class Projections(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(4, 4)
        self.key = nn.Linear(4, 4)

    def forward(self, query, key):
        if torch.equal(query, key):  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            return self.query(query) * 2
        return self.query(query) + self.key(key)


def build_model():
    torch.manual_seed(0)
    return Projections().eval()


def example_inputs():
    torch.manual_seed(1)
    tokens = torch.randn(2, 4)
    return {"same": (tokens, tokens.clone()), "other": (tokens, torch.randn(2, 4))}
