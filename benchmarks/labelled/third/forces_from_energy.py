"""A potential of atoms: forces are the negative gradient of the energy, taken inside the model."""

import torch
from torch import nn

GRAD = True


class Potential(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 1))

    def energy(self, positions):
        apart = positions.unsqueeze(0) - positions.unsqueeze(1)
        return self.net((apart.pow(2).sum(-1, keepdim=True) + 0.1).sqrt()).sum()

    def forward(self, positions):
        energy = self.energy(positions)
        (gradient,) = torch.autograd.grad(energy, positions, create_graph=True)  #@ capture-failure: trace export onnx onnx_ts script; graph-break: dynamo
        return energy, -gradient


def build_model():
    torch.manual_seed(571)
    return Potential().eval()


def example_inputs():
    torch.manual_seed(572)
    near, wide = torch.randn(4, 3), torch.randn(4, 3) * 4
    return {"near": (near.requires_grad_(),), "wide": (wide.requires_grad_(),)}
