"""Load forecast with calendar features: a UTC timestamp becomes local hour, weekday and tariff band."""
from datetime import datetime, timedelta, timezone

import torch
from torch import nn

BERLIN_WINTER = timezone(timedelta(hours=1))
BANDS = {**dict.fromkeys(range(6), "night"), **dict.fromkeys(range(6, 17), "day"), **dict.fromkeys(range(17, 24), "peak")}
BAND_IDS = {"night": 0, "day": 1, "peak": 2}


def calendar(seconds, tz=BERLIN_WINTER):
    """Return (hour, weekday, band) in local time."""
    local = datetime.fromtimestamp(seconds, tz)  #@ capture-failure: script export onnx; graph-break: dynamo
    return local.hour, local.weekday(), BAND_IDS[BANDS[local.hour]]


class LoadForecaster(nn.Module):
    def __init__(self, lags=6, dim=5):
        super().__init__()
        self.hour = nn.Embedding(24, dim)
        self.weekday = nn.Embedding(7, dim)
        self.band = nn.Embedding(len(BAND_IDS), dim)
        self.lags = nn.Linear(lags, dim)
        self.head = nn.Linear(dim, 1)

    def forward(self, timestamp, history):
        now = timestamp.item()  #@ baked-constant: trace onnx_ts; graph-break: dynamo
        hour, weekday, band = calendar(now)
        cal = self.hour.weight[hour] + self.weekday.weight[weekday] + self.band.weight[band]
        return self.head(torch.tanh(self.lags(history) + cal))


def build_model():
    torch.manual_seed(0)
    return LoadForecaster().eval()


def example_inputs():
    torch.manual_seed(1)
    history = torch.randn(1, 6)
    return {
        "monday morning": (torch.tensor(1704704400), history),
        "saturday evening": (torch.tensor(1705168800), history),
    }
