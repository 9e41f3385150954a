"""A bag of words over the different tokens of a text, normalised by how many those are."""

import torch
from torch import nn


class BagOfWords(nn.Module):
    def __init__(self, vocab: int = 12, width: int = 4):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        kinds = torch.unique(ids)  #@ graph-break: dynamo
        total = self.embed(kinds).sum(0)
        return total / len(kinds) ** 0.5  #@ baked-constant: trace onnx_ts; capture-failure: export


def build_model():
    torch.manual_seed(237)
    return BagOfWords().eval()


def example_inputs():
    return {
        "three_kinds": (torch.tensor([1, 5, 5, 9, 1]),),
        "all_differ": (torch.tensor([1, 2, 3, 4, 5]),),
        "one_kind": (torch.tensor([7, 7, 7, 7, 7]),),
    }
