"""Capsule layer with dynamic routing: three rounds of agreement, a number that the configuration fixes."""
import torch
from torch import nn


def squash(s: torch.Tensor, eps: float = 1e-8) -> torch.Tensor:
    norm2 = (s * s).sum(-1, keepdim=True)
    return norm2 / (1.0 + norm2) * s / torch.sqrt(norm2 + eps)


class PrimaryCaps(nn.Module):
    def __init__(self, channels: int, capsules: int, dim: int):
        super().__init__()
        self.dim = dim
        self.conv = nn.Conv2d(channels, capsules * dim, kernel_size=3, stride=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        u = self.conv(x).flatten(2).transpose(1, 2)
        return squash(u.reshape(x.shape[0], -1, self.dim))


class RoutingCaps(nn.Module):
    def __init__(self, inputs: int, dim_in: int, outputs: int, dim_out: int, rounds: int = 3):
        super().__init__()
        self.rounds = rounds
        self.weight = nn.Parameter(torch.randn(outputs, inputs, dim_out, dim_in) * 0.5)

    def forward(self, u: torch.Tensor) -> torch.Tensor:
        votes = (self.weight @ u[:, None, :, :, None]).squeeze(-1)
        logits = torch.zeros_like(votes[..., 0])
        v = torch.zeros_like(votes[:, :, 0])
        for step in range(self.rounds):
            c = logits.softmax(1)
            v = squash((c.unsqueeze(-1) * votes).sum(2))
            if step < self.rounds - 1:
                logits = logits + (votes * v.unsqueeze(2)).sum(-1)
        return v


class CapsNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.primary = PrimaryCaps(1, 2, 4)
        self.digits = RoutingCaps(inputs=2 * 3 * 3, dim_in=4, outputs=3, dim_out=5)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return torch.sqrt((self.digits(self.primary(image)) ** 2).sum(-1))


def build_model():
    torch.manual_seed(0)
    return CapsNet().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"first": (torch.rand(2, 1, 7, 7),), "dark": (torch.rand(2, 1, 7, 7) * 0.05,)}
