"""Calendar features of a forecaster: hours before or after the start are split into days and hours of the day."""

import torch
from torch import nn


class CalendarFeatures(nn.Module):
    def __init__(self, days: int = 7, width: int = 3):
        super().__init__()
        self.days = days
        self.weekday = nn.Embedding(days, width)
        self.hour = nn.Embedding(24, width)

    def forward(self, hours: torch.Tensor) -> torch.Tensor:
        day = hours // 24  #@ numerical-mismatch: onnx_ts
        hour = torch.remainder(hours, 24)
        return self.weekday(torch.remainder(day, self.days)) + self.hour(hour)


def build_model():
    torch.manual_seed(773)
    return CalendarFeatures().eval()


def example_inputs():
    return {"after": (torch.tensor([0, 25, 100]),), "before": (torch.tensor([-1, -24, -50]),)}
