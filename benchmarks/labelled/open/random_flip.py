"""Augmentation inside forward: each axis is mirrored half of the time, by torch's own random numbers."""

import torch
from torch import nn

SEQUENCE = True


class Augmented(nn.Module):
    def __init__(self, chance: float = 0.5):
        super().__init__()
        self.chance = chance
        self.read = nn.Linear(8, 2)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        for axis in (1, 2, 3):
            if torch.rand(1).item() < self.chance:  #@ baked-random|baked-branch: onnx_ts; capture-failure|baked-random|baked-branch: trace; capture-failure: export onnx; graph-break: dynamo
                image = image.flip(axis)
        return self.read(image.flatten(1))


def build_model():
    torch.manual_seed(67)
    return Augmented().eval()


def example_inputs():
    torch.manual_seed(68)
    image = torch.randn(1, 2, 2, 2)
    return {f"draw_{i}": (image,) for i in range(4)}
