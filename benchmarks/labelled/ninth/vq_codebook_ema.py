"""VQ-VAE bottleneck that goes on adapting: codebook kept by exponential moving averages, straight-through output."""
import torch
import torch.nn.functional as F
from torch import nn

SEQUENCE = True


class EMACodebook(nn.Module):
    def __init__(self, codes: int, dim: int, decay: float = 0.8, frozen: bool = False, eps: float = 1e-5):
        super().__init__()
        self.codes, self.decay, self.eps = codes, decay, eps
        self.frozen = frozen
        embed = torch.randn(codes, dim)
        self.register_buffer("embed", embed)
        self.register_buffer("cluster_size", torch.ones(codes))
        self.register_buffer("embed_avg", embed.clone())

    def forward(self, flat: torch.Tensor):
        dist = flat.pow(2).sum(1, keepdim=True) - 2 * flat @ self.embed.t() + self.embed.pow(2).sum(1)
        index = dist.argmin(1)
        quantised = F.embedding(index, self.embed)
        if not self.frozen:
            onehot = F.one_hot(index, self.codes).to(flat.dtype)
            self.cluster_size.mul_(self.decay).add_(onehot.sum(0), alpha=1 - self.decay)  #@ baked-state|mutation: trace onnx onnx_ts
            self.embed_avg.mul_(self.decay).add_(onehot.t() @ flat, alpha=1 - self.decay)  #@ baked-state|mutation: trace onnx onnx_ts
            n = self.cluster_size.sum()
            size = (self.cluster_size + self.eps) / (n + self.codes * self.eps) * n
            self.embed.copy_(self.embed_avg / size.unsqueeze(1))  #@ baked-state|mutation: trace onnx onnx_ts
        return quantised, index


class Bottleneck(nn.Module):
    def __init__(self, channels: int = 6, dim: int = 3, codes: int = 4):
        super().__init__()
        self.proj = nn.Linear(channels, dim)
        self.codebook = EMACodebook(codes, dim)
        self.back = nn.Linear(dim, channels)

    def forward(self, x: torch.Tensor):
        z = self.proj(x)
        q, index = self.codebook(z.reshape(-1, z.shape[-1]))
        q = q.view_as(z)
        commit = F.mse_loss(z, q.detach())
        return self.back(z + (q - z).detach()), index, commit


def build_model():
    torch.manual_seed(0)
    return Bottleneck().eval()


def example_inputs():
    torch.manual_seed(1)
    return {f"step{i}": (torch.randn(2, 5, 6),) for i in range(3)}
