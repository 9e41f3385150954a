"""A point cloud's features averaged over each of its segments, however many there are."""
import torch
from torch import nn


class SegmentPool(nn.Module):
    def __init__(self):
        super().__init__()
        self.point = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 4))

    def forward(self, points, segments):
        features = self.point(points)
        pooled = []
        for segment in range(int(segments.max()) + 1):  #@ unrolled-loop|baked-constant: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            pooled.append(features[segments == segment].mean(0))  #@ graph-break: dynamo
        return torch.stack(pooled)


def build_model():
    torch.manual_seed(0)
    return SegmentPool().eval()


def example_inputs():
    torch.manual_seed(1)
    points = torch.randn(6, 3)
    return {
        "two": (points, torch.tensor([0, 0, 1, 1, 0, 1])),
        "four": (points, torch.tensor([0, 1, 2, 3, 3, 0])),
        "one": (points, torch.tensor([0, 0, 0, 0, 0, 0])),
    }
