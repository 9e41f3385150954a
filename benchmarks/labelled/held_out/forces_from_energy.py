"""An interatomic potential: forces are the gradient of the energy, taken inside forward."""

import torch
from torch import nn

GRAD = True


class Potential(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, positions: torch.Tensor):
        positions = positions.detach().requires_grad_(True)  #@ graph-break: dynamo
        pairs = positions.unsqueeze(0) - positions.unsqueeze(1)
        energy = self.net(pairs.reshape(-1, 3)).sum()
        forces = -torch.autograd.grad(energy, positions, create_graph=True)[0]  #@ capture-failure: trace export onnx onnx_ts script; graph-break: dynamo
        return energy, forces


def build_model():
    torch.manual_seed(243)
    return Potential()


def example_inputs():
    torch.manual_seed(244)
    return {"near": (torch.randn(3, 3),), "far": (torch.randn(3, 3) * 3,)}
