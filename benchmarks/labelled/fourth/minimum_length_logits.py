"""A step of generation that forbids the end token until enough tokens are there."""

import torch
from torch import nn


class NextToken(nn.Module):
    def __init__(self, vocab: int = 6, least: int = 4, end: int = 0):
        super().__init__()
        self.least, self.end = least, end
        self.again = nn.Embedding(vocab, vocab)

    def forward(self, ids: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        if ids.shape[1] < self.least:  #@ baked-branch|specialised-shape: trace export onnx onnx_ts
            logits[:, self.end] = -1e4  #@ mutation: onnx onnx_ts
        return (logits + self.again(ids[:, -1])).softmax(-1)


def build_model():
    torch.manual_seed(745)
    return NextToken().eval()


def example_inputs():
    torch.manual_seed(746)
    logits = torch.randn(2, 6)
    return {"early": (torch.ones(2, 2, dtype=torch.long), logits), "late": (torch.ones(2, 5, dtype=torch.long), logits)}
