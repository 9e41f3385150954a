"""Molecule property prediction: atoms of a batch lie one after another, and each molecule is read out on its own."""
from typing import List

import torch
from torch import nn


class AttentionReadout(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.gate = nn.Linear(dim, 1)
        self.value = nn.Linear(dim, dim)

    def forward(self, atoms):
        weight = torch.softmax(self.gate(atoms), dim=0)
        return (weight * torch.tanh(self.value(atoms))).sum(dim=0)


class MoleculeRegressor(nn.Module):
    def __init__(self, atom_types: int = 9, dim: int = 8, targets: int = 2):
        super().__init__()
        self.embed = nn.Embedding(atom_types, dim, padding_idx=0)
        self.message = nn.Linear(dim, dim)
        self.readout = AttentionReadout(dim)
        self.head = nn.Linear(dim, targets)

    def forward(self, atom_ids, atoms_per_molecule):
        atoms = self.embed(atom_ids)
        atoms = atoms + torch.relu(self.message(atoms))
        counts: List[int] = atoms_per_molecule.tolist()  #@ baked-constant: trace onnx_ts; graph-break: dynamo
        molecules = torch.split(atoms, counts)
        pooled = torch.stack([self.readout(one) for one in molecules])
        return self.head(pooled)


def build_model():
    torch.manual_seed(0)
    return MoleculeRegressor().eval()


def example_inputs():
    torch.manual_seed(7)
    def batch(*counts):
        return torch.randint(1, 9, (12,)), torch.tensor(counts)
    return {"even": batch(4, 4, 4), "uneven": batch(2, 7, 3), "one_big": batch(10, 1, 1)}
