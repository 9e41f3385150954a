"""A ring of negative keys for contrastive learning, overwritten from a pointer on."""
import torch
from torch import nn

SEQUENCE = True


class KeyQueue(nn.Module):
    def __init__(self, size=6, batch=2):
        super().__init__()
        self.size = size
        self.batch = batch
        self.register_buffer("queue", torch.nn.functional.normalize(torch.randn(size, 4), dim=-1))
        self.register_buffer("pointer", torch.zeros(1, dtype=torch.long))

    def forward(self, keys):
        keys = torch.nn.functional.normalize(keys, dim=-1)
        negatives = keys @ self.queue.t()
        start = int(self.pointer)  #@ capture-failure|baked-constant|baked-state: trace; baked-constant|baked-state: onnx_ts; capture-failure: export; graph-break: dynamo
        self.queue[start : start + self.batch] = keys  #@ baked-state|mutation: onnx_ts onnx
        self.pointer.add_(self.batch).remainder_(self.size)  #@ baked-state|mutation: onnx_ts onnx
        return negatives


def build_model():
    torch.manual_seed(0)
    return KeyQueue().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"batch{index}": (torch.randn(2, 4),) for index in range(5)}
