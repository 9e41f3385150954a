"""A prompt that holds the separator token is encoded as a pair, any other as a single text."""

import torch
from torch import nn


class PairAware(nn.Module):
    def __init__(self, vocab: int = 12, width: int = 4, separator: int = 1):
        super().__init__()
        self.separator = separator
        self.embed = nn.Embedding(vocab, width)
        self.segment = nn.Embedding(2, width)
        self.head = nn.Linear(width, 2)

    def forward(self, ids):
        x = self.embed(ids)
        if self.separator in ids:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx script; graph-break: dynamo
            seen = (ids == self.separator).long().cumsum(-1)
            x = x + self.segment(seen.clamp(max=1))
        return self.head(x.mean(-2))


def build_model():
    torch.manual_seed(519)
    return PairAware().eval()


def example_inputs():
    return {
        "single": (torch.tensor([[4, 5, 6, 7]]),),
        "pair": (torch.tensor([[4, 1, 6, 7]]),),
    }
