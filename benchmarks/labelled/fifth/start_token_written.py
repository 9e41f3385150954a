"""The first id of every row becomes the start token, in the caller's tensor too."""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.fc = nn.Linear(4, 3)

    def forward(self, ids):
        ids[:, 0] = 1  #@ mutation: onnx onnx_ts
        return self.fc(self.embed(ids))


def build_model():
    torch.manual_seed(0)
    return Decoder().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randint(2, 10, (2, 4)),), "b": (torch.randint(2, 10, (2, 4)),)}
