"""A buffer of the last four samples, moved up by one in every call."""

import torch
from torch import nn


class Window(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
        self.register_buffer("window", torch.zeros(4))

    def forward(self, sample):
        self.window.copy_(torch.cat([self.window[1:], sample.view(1)]))  #@ mutation|baked-state: trace onnx; capture-failure: onnx_ts
        return self.fc(self.window)


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return Window().eval()


def example_inputs():
    return {name: (torch.tensor(value),) for name, value in (("first", 1.0), ("second", -2.0), ("third", 3.0))}
