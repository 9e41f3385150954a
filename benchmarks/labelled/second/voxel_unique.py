"""Points are gathered in voxels: one mean feature for each voxel that is not empty."""

import torch
from torch import nn


class VoxelMean(nn.Module):
    def __init__(self, size: float = 0.5):
        super().__init__()
        self.size = size
        self.embed = nn.Linear(3, 4)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        cells = torch.floor(points / self.size).to(torch.int64)
        voxels, owner = torch.unique(cells, dim=0, return_inverse=True)  #@ graph-break: dynamo
        features = self.embed(points)
        total = torch.zeros(voxels.shape[0], features.shape[1]).scatter_add(0, owner.unsqueeze(1).expand_as(features), features)
        count = torch.zeros(voxels.shape[0]).scatter_add(0, owner, torch.ones(points.shape[0]))
        return total / count.unsqueeze(1)


def build_model():
    torch.manual_seed(309)
    return VoxelMean().eval()


def example_inputs():
    torch.manual_seed(310)
    points = torch.rand(10, 3)
    return {"usual": (points,), "dense": (points * 0.4,), "wide": (points * 4 - 2,)}
