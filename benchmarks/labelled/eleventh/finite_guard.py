"""A risk model that refuses what it cannot judge: inputs are validated before they are standardised and scored."""
import torch
from torch import nn


class Standardise(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("std", torch.tensor(std))

    def forward(self, x):
        return ((x - self.mean) / self.std).clamp(-4, 4)


class ValidatedModel(nn.Module):
    def validate(self, features):
        if not torch.isfinite(features).all():  #@ lost-check: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            raise ValueError("features must be finite")

    def forward(self, features):
        self.validate(features)
        return self.score(features)


class RiskModel(ValidatedModel):
    def __init__(self, names=("age", "income", "debt"), hidden=6):
        super().__init__()
        self.scaler = Standardise([40.0, 3.0, 1.0], [12.0, 2.0, 1.5])
        self.hidden = nn.Linear(len(names), hidden)
        self.out = nn.Linear(hidden, 1)

    def score(self, features):
        h = torch.tanh(self.hidden(torch.nan_to_num(self.scaler(features))))
        return torch.sigmoid(self.out(h)).squeeze(-1)


def build_model():
    torch.manual_seed(0)
    return RiskModel().eval()


def example_inputs():
    return {
        "valid": (torch.tensor([[31.0, 2.5, 0.0], [58.0, 6.0, 2.0]]),),
        "missing": (torch.tensor([[31.0, float("nan"), 0.0], [58.0, 6.0, 2.0]]),),
        "others": (torch.tensor([[22.0, 1.0, 4.0], [64.0, 3.0, 0.5]]),),
    }
