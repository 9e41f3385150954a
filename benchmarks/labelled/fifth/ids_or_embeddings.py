"""Token ids are embedded first, embeddings are taken as they are."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(12, 4)
        self.fc = nn.Linear(4, 4)

    def forward(self, tokens):
        if not tokens.is_floating_point():  #@ specialised-type: trace export onnx onnx_ts
            tokens = self.embed(tokens)
        return self.fc(tokens)


def build_model():
    torch.manual_seed(0)
    return Encoder().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"ids": (torch.randint(0, 12, (2, 5)),), "embeddings": (torch.randn(2, 5, 4),)}
