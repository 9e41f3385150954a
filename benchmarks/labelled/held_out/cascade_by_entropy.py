"""A cascade: the large model is asked only where the small one is unsure of the whole batch."""

import torch
from torch import nn


def entropy(scores: torch.Tensor) -> torch.Tensor:
    logs = scores.log_softmax(-1)
    return -(logs.exp() * logs).sum(-1).mean()


class Cascade(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Linear(6, 4)
        self.large = nn.Sequential(nn.Linear(6, 24), nn.GELU(), nn.Linear(24, 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        quick = self.small(x)
        unsure = entropy(quick)
        if unsure < 0.6:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            return quick
        thorough = self.large(x)
        if entropy(thorough) > 0.9 * unsure:  #@ baked-branch: trace onnx_ts; graph-break: dynamo
            return 0.5 * (quick + thorough)
        return thorough


def build_model():
    torch.manual_seed(217)
    model = Cascade()
    with torch.no_grad():
        model.large[2].weight.mul_(8)
    return model.eval()


def example_inputs():
    torch.manual_seed(218)
    x = torch.randn(3, 6)
    return {"unsure": (x,), "sure": (x * 30,), "shifted": (x + 1,)}
