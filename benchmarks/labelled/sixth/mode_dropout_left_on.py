"""Nobody called eval(): the classifier's dropout still drops."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 16)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        x = torch.relu(self.fc(x))
        x = self.drop(x)  #@ baked-mode|baked-random|numerical-mismatch: onnx_ts onnx
        return self.head(x)


def build_model():
    torch.manual_seed(0)
    return Classifier().train()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 6),), "b": (torch.randn(2, 6) * 3,)}
