"""Mixture density network that returns one sample per row; the uniform draw comes from NumPy."""
import numpy as np
import torch
from torch import nn

SEQUENCE = True


class MixtureHead(nn.Module):
    def __init__(self, in_features, out_features, components):
        super().__init__()
        self.out_features, self.components = out_features, components
        self.pi = nn.Linear(in_features, components)
        self.mu = nn.Linear(in_features, components * out_features)

    def forward(self, h):
        shape = (h.shape[0], self.components, self.out_features)
        return self.pi(h).softmax(-1), self.mu(h).reshape(shape)


class MDN(nn.Module):
    def __init__(self, features=3, hidden=8, outputs=2, components=4):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(features, hidden), nn.Tanh())
        self.head = MixtureHead(hidden, outputs, components)

    def pick(self, pi, u):
        # inverse of the cumulative distribution over components
        return (pi.cumsum(-1) < u).sum(-1).clamp(max=self.head.components - 1)

    def forward(self, x):
        pi, mu = self.head(self.body(x))
        u = float(np.random.uniform(0.0, 1.0))  #@ baked-random: onnx_ts onnx export; baked-random|capture-failure: trace; capture-failure: script; graph-break: dynamo
        k = self.pick(pi, u)
        index = k.view(-1, 1, 1).expand(-1, 1, mu.shape[-1])
        return mu.gather(1, index).squeeze(1), pi


def build_model():
    torch.manual_seed(0)
    return MDN().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(3, 3)
    return {f"draw{i}": (x.clone(),) for i in range(5)}
