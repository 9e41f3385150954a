"""A memory bank as in contrastive learning: each call overwrites the oldest row, found by a Python pointer."""

import torch
from torch import nn

SEQUENCE = True


class MemoryBank(nn.Module):
    def __init__(self, slots: int = 4, width: int = 3):
        super().__init__()
        self.slots = slots
        self.pointer = 0
        self.register_buffer("bank", torch.randn(slots, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        similar = x @ self.bank.t()
        self.bank[self.pointer] = x[0]  #@ mutation|baked-state: onnx onnx_ts
        self.pointer = (self.pointer + 1) % self.slots  #@ baked-state: export onnx onnx_ts; capture-failure|baked-state: trace
        return similar


def build_model():
    torch.manual_seed(65)
    return MemoryBank().eval()


def example_inputs():
    torch.manual_seed(66)
    return {f"batch_{i}": (torch.randn(2, 3),) for i in range(4)}
