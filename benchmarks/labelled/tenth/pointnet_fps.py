"""PointNet++ set abstraction: farthest point sampling from a random first point, k nearest neighbours, max pool."""
import random

import torch
from torch import nn


def square_distance(src, dst):
    return ((src[:, :, None] - dst[:, None]) ** 2).sum(-1)


def index_points(points, idx):
    b = torch.arange(points.shape[0]).view(-1, 1, 1)
    return points[b, idx]


class SetAbstraction(nn.Module):
    def __init__(self, n_points, n_centroids, k, width):
        super().__init__()
        self.n_points, self.n_centroids, self.k = n_points, n_centroids, k
        self.mlp = nn.Sequential(nn.Linear(3, width), nn.ReLU(), nn.Linear(width, width))

    def sample(self, xyz):
        first = random.randrange(self.n_points)  # noqa: S311  #@ baked-random|capture-failure: trace; baked-random: export onnx onnx_ts; capture-failure: script
        centroids = [xyz[:, first]]  #@ graph-break: dynamo
        distance = ((xyz - centroids[0].unsqueeze(1)) ** 2).sum(-1)
        for _ in range(self.n_centroids - 1):
            far = distance.max(-1)[1]
            nxt = xyz.gather(1, far.view(-1, 1, 1).expand(-1, 1, 3)).squeeze(1)
            centroids.append(nxt)
            distance = torch.minimum(distance, ((xyz - nxt.unsqueeze(1)) ** 2).sum(-1))
        return torch.stack(centroids, dim=1)

    def forward(self, xyz):
        new_xyz = self.sample(xyz)
        idx = square_distance(new_xyz, xyz).topk(self.k, dim=-1, largest=False)[1]
        grouped = index_points(xyz, idx) - new_xyz.unsqueeze(2)
        return new_xyz, self.mlp(grouped).max(dim=2)[0]


SEQUENCE = True


def build_model():
    torch.manual_seed(0)
    return SetAbstraction(n_points=48, n_centroids=5, k=4, width=8).eval()


def example_inputs():
    torch.manual_seed(2)
    clouds = [torch.randn(2, 48, 3) for _ in range(3)]
    return {f"cloud{i}": (c,) for i, c in enumerate(clouds)}
