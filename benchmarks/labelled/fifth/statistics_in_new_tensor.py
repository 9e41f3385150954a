"""Mean and deviation are put into a new tensor that scales the features."""

import torch
from torch import nn


class Film(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 4)

    def forward(self, x):
        statistics = torch.tensor([float(x.mean()), float(x.std())])  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
        return x * torch.sigmoid(self.fc(statistics))


def build_model():
    torch.manual_seed(0)
    return Film().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"unit": (torch.randn(3, 4),), "shifted": (torch.randn(3, 4) * 4 + 2,)}
