"""The next token is drawn from the scores with multinomial."""

import torch
from torch import nn


class Sampler(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(9, 4)
        self.head = nn.Linear(4, 9)

    def forward(self, ids):
        scores = self.head(self.emb(ids).mean(1))
        return torch.multinomial(scores.softmax(-1), 6, replacement=True)  #@ baked-random|numerical-mismatch: onnx_ts onnx


def build_model():
    torch.manual_seed(0)
    return Sampler().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randint(0, 9, (2, 5)),), "b": (torch.randint(0, 9, (2, 5)),)}
