"""Token numbers are looked up; distributions over tokens, as in attacks on text, are multiplied with the table."""

import torch
from torch import nn


class SoftEmbedding(nn.Embedding):
    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        if torch.is_floating_point(tokens):  #@ specialised-type: trace export onnx onnx_ts
            return tokens @ self.weight
        return torch.nn.functional.embedding(tokens, self.weight)


class SoftClassifier(nn.Module):
    def __init__(self, vocab: int = 6, width: int = 5):
        super().__init__()
        self.embed = SoftEmbedding(vocab, width)
        self.read = nn.Linear(width, 2)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.read(self.embed(tokens).mean(1))


def build_model():
    torch.manual_seed(525)
    return SoftClassifier().eval()


def example_inputs():
    torch.manual_seed(526)
    return {"hard": (torch.tensor([[1, 2, 3], [0, 5, 4]]),), "soft": (torch.rand(2, 3, 6).softmax(-1),)}
