"""A bag of words: tokens are counted, and the counts weigh the rows of a table."""

import torch
from torch import nn


class BagOfWords(nn.Module):
    def __init__(self, vocab: int = 10, width: int = 3):
        super().__init__()
        self.vocab = vocab
        self.table = nn.Parameter(torch.randn(vocab, width))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        counts = torch.bincount(ids, minlength=self.vocab)  #@ graph-break: dynamo; capture-failure: onnx_ts
        shares = counts.to(self.table.dtype) / ids.shape[0]
        return shares @ self.table


def build_model():
    torch.manual_seed(389)
    return BagOfWords().eval()


def example_inputs():
    return {"mixed": (torch.tensor([1, 1, 4, 9, 3, 1]),), "same": (torch.tensor([7, 7, 7, 7, 7, 7]),)}
