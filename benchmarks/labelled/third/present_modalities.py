"""Late fusion of several modalities: those whose mask is empty are left out of the mean."""

import torch
from torch import nn


class LateFusion(nn.Module):
    def __init__(self, widths=(3, 4, 5), width: int = 6):
        super().__init__()
        self.encoders = nn.ModuleList(nn.Linear(one, width) for one in widths)
        self.head = nn.Linear(width, 2)

    def forward(self, values, masks):
        encoded = [encoder(value) for encoder, value in zip(self.encoders, values)]
        present = [one for one, mask in zip(encoded, masks) if mask.any()]  #@ baked-branch: trace onnx_ts; capture-failure: export onnx script; graph-break: dynamo
        return self.head(torch.stack(present).mean(0))


def build_model():
    torch.manual_seed(503)
    return LateFusion().eval()


def example_inputs():
    torch.manual_seed(504)
    values = [torch.randn(2, 3), torch.randn(2, 4), torch.randn(2, 5)]
    there, missing = torch.ones(2, dtype=torch.bool), torch.zeros(2, dtype=torch.bool)
    return {
        "all": (values, [there, there, there]),
        "silent": (values, [there, missing, there]),
        "blind": (values, [missing, there, there]),
    }
