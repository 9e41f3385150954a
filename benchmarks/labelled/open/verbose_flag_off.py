"""Debug prints and a NaN hunt that a constructor flag has turned off."""

import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, verbose: bool = False, hunt_nans: bool = False):
        super().__init__()
        self.verbose = verbose
        self.hunt_nans = hunt_nans
        self.encode = nn.Linear(8, 3)
        self.decode = nn.Linear(3, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        code = torch.sigmoid(self.encode(x))
        if self.verbose:
            print("code:", code.mean().item(), code.std().item())
        back = self.decode(code)
        if self.hunt_nans and bool(torch.isnan(back).any()):
            raise RuntimeError("NaN in the reconstruction")
        return (back - x).pow(2).mean(-1)


def build_model():
    torch.manual_seed(61)
    return Autoencoder().eval()


def example_inputs():
    torch.manual_seed(62)
    return {"usual": (torch.randn(4, 8),), "outlier": (torch.randn(4, 8) * 20,)}
