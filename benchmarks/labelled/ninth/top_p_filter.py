"""Next-token distribution with repetition penalty, temperature and nucleus filtering, all on tensors."""
import torch
from torch import nn


def repetition_penalty(logits: torch.Tensor, history: torch.Tensor, penalty: float) -> torch.Tensor:
    seen = logits.gather(-1, history)
    seen = torch.where(seen < 0, seen * penalty, seen / penalty)
    return logits.scatter(-1, history, seen)


def top_p(logits: torch.Tensor, p: float, min_keep: int) -> torch.Tensor:
    ordered, index = torch.sort(logits, dim=-1, descending=True)
    before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)
    drop = before > p
    rank = torch.arange(logits.shape[-1])
    drop = drop & (rank >= min_keep)
    removed = torch.zeros_like(logits).scatter(-1, index, drop.to(logits.dtype))
    return logits.masked_fill(removed > 0.5, -1e4)


class NextToken(nn.Module):
    def __init__(self, vocab: int = 17, dim: int = 8, *, temperature: float = 0.7, p: float = 0.8, penalty: float = 1.3, min_keep: int = 2):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.proj = nn.Linear(dim, vocab)
        self.temperature, self.p, self.penalty, self.min_keep = temperature, p, penalty, min_keep

    def forward(self, history: torch.Tensor) -> torch.Tensor:
        logits = self.proj(self.embed(history).mean(1)) * 4
        if self.penalty != 1.0:
            logits = repetition_penalty(logits, history, self.penalty)
        if self.temperature > 0:
            logits = logits / self.temperature
        return top_p(logits, self.p, self.min_keep).softmax(-1)


def build_model():
    torch.manual_seed(0)
    return NextToken().eval()


def example_inputs():
    return {"a": (torch.tensor([[1, 5, 9], [2, 0, 16]]),), "repeats": (torch.tensor([[4, 4, 4], [3, 11, 3]]),)}
