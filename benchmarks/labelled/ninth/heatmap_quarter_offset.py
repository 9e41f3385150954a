"""Top-down pose head: argmax of each heatmap, then a quarter of a pixel towards the higher neighbour."""
import torch
from torch import nn


def get_max_preds(heatmaps: torch.Tensor):
    k, _, w = heatmaps.shape
    flat = heatmaps.reshape(k, -1)
    maxvals, idx = flat.max(dim=1)
    xs = idx % w
    ys = torch.div(idx, w, rounding_mode="floor")
    return torch.stack([xs, ys], dim=1), maxvals


def refine(hm: torch.Tensor, coord: torch.Tensor, limit: torch.Tensor):
    point = coord.to(hm.dtype)
    if ((coord > 0) & (coord < limit)).all():  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
        px, py = int(coord[0]), int(coord[1])  #@ baked-constant: trace onnx_ts; graph-break: dynamo
        diff = torch.stack([hm[py, px + 1] - hm[py, px - 1], hm[py + 1, px] - hm[py - 1, px]])
        point = point + torch.sign(diff) * 0.25
    return point


class PoseHead(nn.Module):
    def __init__(self, channels: int = 4, joints: int = 3, size=(10, 8)):
        super().__init__()
        self.deconv = nn.ConvTranspose2d(channels, channels, 4, stride=2, padding=1)
        self.final = nn.Conv2d(channels, joints, 1)
        self.joints = joints
        self.register_buffer("limit", torch.tensor([size[1] - 1, size[0] - 1]))

    def forward(self, features: torch.Tensor):
        heatmaps = self.final(torch.relu(self.deconv(features)))[0]
        coords, scores = get_max_preds(heatmaps)
        points = []
        for j in range(self.joints):
            point = refine(heatmaps[j], coords[j], self.limit)
            points.append(point)
        return torch.stack(points), scores


def build_model():
    torch.manual_seed(0)
    return PoseHead().eval()


def example_inputs():
    torch.manual_seed(5)
    return {"person": (torch.randn(1, 4, 5, 4),), "crouching": (torch.randn(1, 4, 5, 4),)}
