"""A block whose parts are chosen once from a dataclass of settings, with match and a dictionary, before any data."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Settings:
    width: int = 6
    norm: str = "group"
    activation: str = "gelu"
    residual: bool = True


def norm_of(settings: Settings) -> nn.Module:
    match settings.norm:
        case "group":
            return nn.GroupNorm(2, settings.width)
        case "batch":
            return nn.BatchNorm1d(settings.width)
        case _:
            return nn.Identity()


class Block(nn.Module):
    def __init__(self, settings: Settings):
        super().__init__()
        self.norm = norm_of(settings)
        self.activation = {"gelu": nn.GELU, "relu": nn.ReLU}[settings.activation]()
        self.conv = nn.Conv1d(settings.width, settings.width, 3, padding=1)
        self.residual = settings.residual

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(self.activation(self.norm(x)))
        return x + y if self.residual else y


def build_model():
    torch.manual_seed(613)
    return nn.Sequential(Block(Settings()), Block(Settings(norm="batch", activation="relu", residual=False))).eval()


def example_inputs():
    torch.manual_seed(614)
    return {"a": (torch.randn(2, 6, 5),), "b": (torch.randn(2, 6, 5) * 5 + 1,)}
