"""Greedy CTC decoding: repeats are merged, blanks are dropped, and what is left is embedded again."""

import torch
from torch import nn

BLANK = 0


def collapse(path: torch.Tensor) -> torch.Tensor:
    merged = torch.unique_consecutive(path)  #@ capture-failure: onnx_ts; graph-break: dynamo
    return merged[merged != BLANK]  #@ capture-failure: script; graph-break: dynamo


class GreedyCTC(nn.Module):
    def __init__(self, features: int = 5, letters: int = 4):
        super().__init__()
        self.encode = nn.Linear(features, letters)
        self.rescore = nn.Embedding(letters, 3)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        path = self.encode(frames).argmax(-1)
        return self.rescore(collapse(path)).cumsum(0)


def build_model():
    torch.manual_seed(303)
    return GreedyCTC().eval()


def example_inputs():
    torch.manual_seed(304)
    frames = torch.randn(12, 5) * 3
    return {"varied": (frames,), "slow": (frames[:3].repeat_interleave(4, dim=0),), "other": (-frames,)}
