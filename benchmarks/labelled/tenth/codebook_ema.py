"""A vector quantiser that goes on adapting its codebook by moving averages while it is deployed."""
import torch
import torch.nn.functional as F
from torch import nn


class EMAVectorQuantizer(nn.Module):
    """Nearest code by distance; cluster sizes and sums are exponential moving averages.

    Args:
        n_codes: number of codes
        dim: width of a code
        decay: of the averages
        eps: Laplace smoothing of the cluster sizes
    """

    cluster_size: torch.Tensor
    embed_avg: torch.Tensor

    def __init__(self, n_codes=6, dim=4, decay=0.8, eps=1e-5):
        super().__init__()
        self.n_codes = n_codes
        self.decay = decay
        self.eps = eps
        embed = torch.randn(n_codes, dim)
        self.register_buffer("cluster_size", torch.ones(n_codes))
        self.register_buffer("embed_avg", embed.clone())

    def codes(self):
        n = self.cluster_size.sum()
        size = (self.cluster_size + self.eps) / (n + self.n_codes * self.eps) * n
        return self.embed_avg / size.unsqueeze(1)

    def forward(self, z):
        embed = self.codes()
        dist = z.pow(2).sum(1, keepdim=True) - 2 * z @ embed.t() + embed.pow(2).sum(1)
        index = dist.argmin(1)
        onehot = F.one_hot(index, self.n_codes).to(z.dtype)
        quantised = onehot @ embed
        self.cluster_size.mul_(self.decay).add_(onehot.sum(0), alpha=1 - self.decay)  #@ mutation|baked-state: trace onnx onnx_ts
        self.embed_avg.mul_(self.decay).add_(onehot.t() @ z, alpha=1 - self.decay)  #@ mutation|baked-state: trace onnx onnx_ts
        return quantised, index


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return EMAVectorQuantizer().eval()


def example_inputs():
    torch.manual_seed(4)
    return {"first": (torch.randn(9, 4),), "second": (torch.randn(9, 4) + 1,), "third": (torch.randn(9, 4) * 2,)}
