"""An image captioner's decoder: teacher forcing where a caption is given, greedy feedback where it is not."""
from typing import Optional

import torch
from torch import Tensor, nn


class CaptionDecoder(nn.Module):
    def __init__(self, vocab: int, hidden: int, max_len: int, bos: int = 1):
        super().__init__()
        self.embed = nn.Embedding(vocab, hidden)
        self.init = nn.Linear(10, hidden)
        self.cell = nn.GRUCell(hidden, hidden)
        self.out = nn.Linear(hidden, vocab)
        self.max_len = max_len
        self.bos = bos

    def step(self, token: Tensor, h: Tensor) -> Tensor:
        return self.cell(self.embed(token), h)

    def forward(self, features: Tensor, caption: Optional[Tensor] = None) -> Tensor:
        h = torch.tanh(self.init(features))
        token = torch.full((features.size(0),), self.bos, dtype=torch.long)
        logits = []
        for t in range(self.max_len):
            h = self.step(token, h)
            scores = self.out(h)
            logits.append(scores)
            if caption is not None:  #@ specialised-type: trace export onnx onnx_ts
                token = caption[:, t]
            else:
                token = scores.argmax(-1)
        return torch.stack(logits, dim=1)


def build_model():
    torch.manual_seed(0)
    return CaptionDecoder(vocab=14, hidden=8, max_len=4).eval()


def example_inputs():
    torch.manual_seed(1)
    features = torch.randn(2, 10)
    return {
        "forced": (features, torch.tensor([[3, 8, 2, 0], [5, 5, 13, 2]])),
        "other caption": (features, torch.tensor([[9, 1, 2, 0], [4, 7, 6, 2]])),
        "free": (features,),
    }
