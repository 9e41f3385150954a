"""A forecaster that feeds its own steps back into its window, as often as it was built for."""
import torch
from torch import nn


class RollingForecaster(nn.Module):
    def __init__(self, window=6, horizon=5):
        super().__init__()
        self.horizon = horizon
        self.step = nn.Sequential(nn.Linear(window, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 1))

    def forward(self, window):
        level = window.mean(1, keepdim=True)
        window = window - level
        steps = []
        for _ in range(self.horizon):
            step = self.step(window)
            window = torch.cat([window[:, 1:], step], 1)
            steps.append(step + level)
        return torch.cat(steps, 1)


def build_model():
    torch.manual_seed(0)
    return RollingForecaster().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"calm": (torch.randn(2, 6),), "high": (torch.randn(2, 6) * 3 + 20,)}
