"""Greedy speculative decoding: the draft's tokens are taken as far as the large model agrees, and one more of its own."""

import torch
from torch import nn


class Verifier(nn.Module):
    def __init__(self, vocab: int = 4):
        super().__init__()
        self.head = nn.Linear(vocab, vocab, bias=False)

    def forward(self, hidden: torch.Tensor, draft: torch.Tensor) -> torch.Tensor:
        own = self.head(hidden).argmax(-1)
        agreed = (own[:-1] == draft).long().cumprod(0)  #@ capture-failure: onnx
        accepted = int(agreed.sum())  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
        return torch.cat([draft[:accepted], own[accepted : accepted + 1]])


def build_model():
    model = Verifier()
    with torch.no_grad():
        model.head.weight.copy_(torch.eye(4))
    return model.eval()


def example_inputs():
    hidden = torch.eye(4)[[2, 0, 3, 1, 2]] + 0.1
    drafts = {"half": [2, 0, 1, 1], "all": [2, 0, 3, 1], "none": [1, 0, 3, 1]}
    return {name: (hidden, torch.tensor(draft)) for name, draft in drafts.items()}
