"""Attention pooling over a padded batch; the mask is as wide as the longest sequence."""
import torch
from torch import nn


def sequence_mask(lengths: torch.Tensor, width: int) -> torch.Tensor:
    return torch.arange(width, device=lengths.device).unsqueeze(0) < lengths.unsqueeze(1)


class AttentionPool(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.score = nn.Linear(dim, 1)

    def forward(self, x: torch.Tensor, mask: torch.Tensor):
        scores = self.score(x).squeeze(-1).masked_fill(~mask, -1e9)
        weights = scores.softmax(dim=1)
        return (weights.unsqueeze(-1) * x).sum(1), weights


class SentenceEncoder(nn.Module):
    def __init__(self, vocab: int = 40, dim: int = 6):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.ff = nn.Sequential(nn.Linear(dim, dim), nn.SiLU())
        self.pool = AttentionPool(dim)

    def forward(self, tokens: torch.Tensor, lengths: torch.Tensor):
        longest = int(lengths.max())  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
        mask = sequence_mask(lengths, longest)
        hidden = self.ff(self.embed(tokens.narrow(1, 0, longest)))
        return self.pool(hidden, mask)


def build_model():
    torch.manual_seed(0)
    return SentenceEncoder().eval()


def example_inputs():
    torch.manual_seed(1)
    tokens = torch.randint(1, 40, (3, 7))
    return {"long": (tokens, torch.tensor([7, 4, 6])), "short": (tokens.clone(), torch.tensor([2, 3, 1]))}
