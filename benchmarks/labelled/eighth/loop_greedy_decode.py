"""greedy decoding until the end token (while)"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(5, 6)
        self.cell = nn.Linear(6, 6)
        self.out = nn.Linear(6, 5)
    def forward(self, h):
        tok = torch.zeros(1, dtype=torch.long)
        n = 0
        while n < 6 and h.norm() > 0.9:  #@ unrolled-loop|baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            h = torch.tanh(self.cell(h) + self.emb(tok) * 0.3)
            tok = self.out(h).argmax(-1)
            n += 1
        return self.out(h), tok


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.full((1, 6), 0.8),), "b": (torch.full((1, 6), 0.01),), "c": (torch.tensor([[3.0, -3, 3, -3, 3, -3]]),)}
