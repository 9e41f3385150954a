"""No bigram twice: a token that followed the last one before is taken out of the scores."""

import torch
from torch import nn


def block_repeats(ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
    last = ids[-1]
    for place in range(ids.shape[0] - 1):
        if ids[place] == last:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            scores[ids[place + 1]] = -1e4
    return scores


class Speller(nn.Module):
    def __init__(self, vocab: int = 6, width: int = 4):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)
        self.head = nn.Linear(width, vocab)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        scores = self.head(self.embed(ids[-2:]).sum(0))
        return block_repeats(ids, scores).softmax(-1)


def build_model():
    torch.manual_seed(371)
    return Speller().eval()


def example_inputs():
    return {
        "fresh": (torch.tensor([1, 2, 3, 4, 5]),),
        "again": (torch.tensor([4, 2, 3, 1, 4]),),
        "twice": (torch.tensor([4, 2, 4, 3, 4]),),
    }
