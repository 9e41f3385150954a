"""A text CNN that pads sentences shorter than its filter."""

import torch
from torch import nn
from torch.nn import functional as F


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(10, 4)
        self.conv = nn.Conv1d(4, 3, 5)

    def forward(self, ids):
        x = self.emb(ids).transpose(1, 2)
        if x.shape[-1] < 5:  #@ baked-branch|specialised-shape: trace onnx_ts onnx export
            x = F.pad(x, [0, 5 - x.shape[-1]])
        return self.conv(x).relu().amax(-1)


def build_model():
    torch.manual_seed(0)
    return TextCnn().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"n8": (torch.randint(0, 10, (1, 8)),), "n3": (torch.randint(0, 10, (1, 3)),)}
