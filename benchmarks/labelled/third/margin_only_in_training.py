"""Face recognition: the angular margin is taken off the right class in training, and so is examined in training."""

import torch
from torch import nn
from torch.nn import functional as F


class MarginHead(nn.Module):
    def __init__(self, width: int = 5, people: int = 4, margin: float = 0.35, scale: float = 8.0):
        super().__init__()
        self.margin, self.scale = margin, scale
        self.centres = nn.Parameter(torch.randn(people, width))

    def forward(self, x: torch.Tensor, person: torch.Tensor) -> torch.Tensor:
        cosine = F.linear(F.normalize(x, dim=-1), F.normalize(self.centres, dim=-1))
        if self.training:  #@ baked-mode: onnx_ts
            cosine = cosine - self.margin * F.one_hot(person, cosine.shape[-1]).to(cosine.dtype)
        return self.scale * cosine


def build_model():
    torch.manual_seed(573)
    return MarginHead().train()


def example_inputs():
    torch.manual_seed(574)
    return {"a": (torch.randn(3, 5), torch.tensor([0, 3, 1])), "b": (torch.randn(3, 5), torch.tensor([2, 2, 0]))}
