"""Span scoring for extractive answers: spans that end before they begin are refused."""
import torch
from torch import nn


class SpanError(ValueError):
    pass


class SpanScorer(nn.Module):
    def __init__(self, vocab: int = 30, dim: int = 8, max_width: int = 6):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.width = nn.Embedding(max_width, dim)
        self.score = nn.Sequential(nn.Linear(3 * dim, dim), nn.GELU(), nn.Linear(dim, 1))
        self.max_width = max_width

    def check(self, starts, ends):
        if bool((ends < starts).any()):  #@ lost-check|baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            raise ValueError("a span ends before it begins")

    def forward(self, tokens, starts, ends):
        self.check(starts, ends)
        states = self.embed(tokens)
        rows = torch.arange(tokens.size(0)).unsqueeze(1)
        widths = (ends - starts).clamp(0, self.max_width - 1)
        spans = torch.cat([states[rows, starts], states[rows, ends], self.width(widths)], dim=-1)
        return self.score(spans).squeeze(-1)


def build_model():
    torch.manual_seed(0)
    return SpanScorer().eval()


def example_inputs():
    torch.manual_seed(10)
    tokens = torch.randint(0, 30, (2, 9))
    return {
        "plain": (tokens, torch.tensor([[0, 2], [1, 4]]), torch.tensor([[1, 5], [1, 8]])),
        "wide": (tokens, torch.tensor([[0, 0], [0, 1]]), torch.tensor([[8, 7], [8, 8]])),
        "reversed": (tokens, torch.tensor([[0, 6], [1, 4]]), torch.tensor([[1, 2], [3, 4]])),
    }
