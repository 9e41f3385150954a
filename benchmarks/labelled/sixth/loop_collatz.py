"""Collatz steps are counted until one is reached."""

import torch
from torch import nn


class Collatz(nn.Module):
    def forward(self, n):
        steps = torch.zeros_like(n)
        while n != 1:  #@ unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            if n % 2 == 0:  #@ baked-branch: trace onnx_ts
                n = n // 2
            else:
                n = 3 * n + 1
            steps = steps + 1
        return steps, n


def build_model():
    torch.manual_seed(0)
    return Collatz().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"six": (torch.tensor(6),), "seven": (torch.tensor(7),), "one": (torch.tensor(1),)}
