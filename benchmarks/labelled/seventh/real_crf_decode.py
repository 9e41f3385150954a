"""The decoder of a CRF: best scores forwards, then the path back by Python numbers."""

import torch
from torch import nn


class Crf(nn.Module):
    def __init__(self):
        super().__init__()
        self.transitions = nn.Parameter(torch.randn(3, 3))

    def forward(self, emissions):
        score = emissions[0]
        history = []
        for t in range(1, 5):
            score, back = (score.unsqueeze(1) + self.transitions).max(0)
            score = score + emissions[t]
            history.append(back)
        path = [int(score.argmax())]  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
        for back in history[::-1]:
            path.append(int(back[path[-1]]))  #@ baked-constant: trace onnx_ts; graph-break: dynamo
        return torch.tensor(path[::-1])


def build_model():
    torch.manual_seed(0)
    return Crf().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(5, 3),), "b": (torch.randn(5, 3) * 4,), "c": (torch.randn(5, 3) * 4,)}
