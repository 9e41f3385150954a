"""A penalty on tokens that were already written, put into the caller's logits."""
import torch
from torch import nn


class RepetitionPenalty(nn.Module):
    def __init__(self, penalty=1.5):
        super().__init__()
        self.penalty = penalty

    def forward(self, logits, written):
        score = logits.gather(1, written)
        score = torch.where(score < 0, score * self.penalty, score / self.penalty)
        logits.scatter_(1, written, score)  #@ mutation: onnx_ts onnx
        return logits.log_softmax(-1)


def build_model():
    return RepetitionPenalty().eval()


def example_inputs():
    torch.manual_seed(1)
    return {
        "once": (torch.randn(2, 7), torch.tensor([[0, 3, 5], [1, 2, 6]])),
        "again": (torch.randn(2, 7) * 3, torch.tensor([[4, 4, 4], [0, 0, 1]])),
    }
