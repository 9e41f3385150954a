"""Shared text encoder with an output head per language; the batch says which language it is in."""
from typing import Dict

import torch
from torch import nn

LANGUAGES = ("en", "de", "fi")


class BagEncoder(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.table = nn.Embedding(vocab, dim)
        self.norm = nn.LayerNorm(dim)

    def forward(self, tokens):
        return self.norm(self.table(tokens).mean(1))


class MultilingualClassifier(nn.Module):
    def __init__(self, vocab: int = 30, dim: int = 8, labels: int = 4):
        super().__init__()
        self.encoder = BagEncoder(vocab, dim)
        self.heads = nn.ModuleList(nn.Linear(dim, labels) for _ in LANGUAGES)
        self.temperature = nn.Parameter(torch.ones(1))

    def route(self, language):
        return self.heads[int(language)]  #@ baked-constant|baked-branch: onnx_ts; capture-failure: script export onnx; graph-break: dynamo

    def forward(self, batch: Dict[str, torch.Tensor]):
        hidden = self.encoder(batch["tokens"])
        logits = self.route(batch["language"])(hidden)
        return {"logits": logits, "probabilities": (logits / self.temperature).softmax(-1)}  #@ capture-failure: trace


def build_model():
    torch.manual_seed(0)
    return MultilingualClassifier().eval()


def example_inputs():
    torch.manual_seed(1)
    tokens = torch.randint(0, 30, (2, 5))
    return {
        name: ({"tokens": tokens.clone(), "language": torch.tensor(i)},) for i, name in enumerate(LANGUAGES)
    }
