"""A padded batch is cut to its longest sentence: the slice ends at a tensor, not at a number."""

import torch
from torch import nn


class TrimmedTagger(nn.Module):
    def __init__(self, vocab: int = 9, width: int = 4):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)
        self.tag = nn.Linear(width, 2)

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        x = self.embed(ids)
        return self.tag(x[:, : lengths.max()])  #@ graph-break: dynamo


def build_model():
    torch.manual_seed(585)
    return TrimmedTagger().eval()


def example_inputs():
    torch.manual_seed(586)
    ids = torch.randint(1, 9, (2, 6))
    return {"long": (ids, torch.tensor([6, 4])), "short": (ids, torch.tensor([2, 3]))}
