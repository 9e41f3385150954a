"""Text line recogniser with greedy CTC decoding: best class per column, repeats merged, blanks dropped."""
from typing import List, Tuple

import torch
from torch import nn


class ColumnEncoder(nn.Module):
    def __init__(self, height: int, hidden: int):
        super().__init__()
        self.conv = nn.Conv2d(1, hidden, (height, 3), padding=(0, 1))
        self.act = nn.ReLU()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.act(self.conv(image)).squeeze(2).transpose(1, 2)


class LineRecogniser(nn.Module):
    def __init__(self, height: int = 8, hidden: int = 16, classes: int = 5, blank: int = 0):
        super().__init__()
        self.encoder = ColumnEncoder(height, hidden)
        self.classifier = nn.Linear(hidden, classes)
        self.blank = blank

    def collapse(self, path: torch.Tensor) -> torch.Tensor:
        kept: List[torch.Tensor] = [torch.full_like(path[0], -1)]  # begin of text
        last = torch.full_like(path[0], self.blank)
        for label in path.unbind(0):
            if label.ne(last) and label.ne(self.blank):  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                kept.append(label)
            last = label
        return torch.stack(kept)

    def forward(self, image: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        log_probs = self.classifier(self.encoder(image)).log_softmax(-1)
        best, path = log_probs[0].max(-1)
        return self.collapse(path), best.sum()


def build_model():
    torch.manual_seed(3)
    return LineRecogniser().eval()


def example_inputs():
    torch.manual_seed(4)
    return {"word": (torch.randn(1, 1, 8, 12) * 2,), "other": (torch.randn(1, 1, 8, 12) * 2,)}
