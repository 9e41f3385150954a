"""Mixup: NumPy draws the share, and the mixed targets are put into the batch for the loss to find."""

import numpy as np
import torch
from torch import nn

SEQUENCE = True


class Mixup(nn.Module):
    def __init__(self, alpha: float = 0.4):
        super().__init__()
        self.alpha = alpha
        self.net = nn.Linear(4, 3)

    def forward(self, batch):
        share = np.random.beta(self.alpha, self.alpha)  #@ baked-random: export onnx onnx_ts; capture-failure|baked-random: trace; capture-failure: script; graph-break: dynamo
        image, target = batch["image"], batch["target"]
        batch["target"] = share * target + (1 - share) * target.flip(0)  #@ mutation: trace export onnx onnx_ts
        return self.net(share * image + (1 - share) * image.flip(0))


def build_model():
    torch.manual_seed(551)
    return Mixup().train()


def example_inputs():
    torch.manual_seed(552)
    return {f"batch_{i}": ({"image": torch.randn(2, 4), "target": torch.eye(3)[:2]},) for i in range(3)}
