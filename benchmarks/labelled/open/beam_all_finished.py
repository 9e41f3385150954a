"""Beam search over a table of transitions, left early once every beam has ended."""

import torch
from torch import nn


class BeamSearch(nn.Module):
    def __init__(self, vocab: int = 6, beams: int = 2, most: int = 5, end: int = 0):
        super().__init__()
        self.vocab, self.beams, self.most, self.end = vocab, beams, most, end
        self.next = nn.Embedding(vocab, vocab)

    def forward(self, start: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        tokens = start.repeat(self.beams)
        scores = torch.tensor([0.0, -9.0])
        for _ in range(self.most):
            ended = tokens == self.end
            if torch.all(ended):  #@ baked-branch|unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                break
            steps = self.next(tokens).log_softmax(-1).masked_fill(ended.unsqueeze(1), -50.0)
            total = (scores.unsqueeze(1) + steps).flatten()
            scores, flat = total.topk(self.beams)
            tokens = flat % self.vocab
        return tokens, scores


def build_model():
    torch.manual_seed(17)
    model = BeamSearch()
    with torch.no_grad():
        model.next.weight.mul_(2.0)
        model.next.weight[2, 0] += 9
        model.next.weight[1, 2] += 9
    return model.eval()


def example_inputs():
    return {"chain": (torch.tensor([1]),), "near": (torch.tensor([2]),), "far": (torch.tensor([4]),), "over": (torch.tensor([0]),)}
