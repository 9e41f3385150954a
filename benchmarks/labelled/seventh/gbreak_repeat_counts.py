"""Each sound is held for as many frames as its duration says."""

import torch
from torch import nn


class LengthRegulator(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)

    def forward(self, sounds, durations):
        return self.fc(torch.repeat_interleave(sounds, durations, dim=0))  #@ graph-break: dynamo


def build_model():
    torch.manual_seed(0)
    return LengthRegulator().eval()


def example_inputs():
    torch.manual_seed(1)
    return {
        "even": (torch.randn(3, 2), torch.tensor([2, 2, 2])),
        "long": (torch.randn(3, 2), torch.tensor([1, 5, 3])),
    }
