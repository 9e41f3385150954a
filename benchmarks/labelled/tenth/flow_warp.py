"""Optical flow: the second frame is warped back, pixels from outside are masked, flow is refined from both."""
import torch
import torch.nn.functional as F
from torch import nn


def coords_grid(h: int, w: int):
    ys, xs = torch.meshgrid(torch.arange(h).float(), torch.arange(w).float(), indexing="ij")
    return torch.stack([xs, ys]).unsqueeze(0)


class BackwardWarp(nn.Module):
    def __init__(self, height, width):
        super().__init__()
        self.register_buffer("grid", coords_grid(height, width), persistent=False)
        self.register_buffer("scale", torch.tensor([width - 1.0, height - 1.0]).view(1, 2, 1, 1))

    def forward(self, image, flow):
        where = 2.0 * (self.grid + flow) / self.scale - 1.0
        inside = ((where >= -1.0) & (where <= 1.0)).all(dim=1, keepdim=True)
        warped = F.grid_sample(image, where.permute(0, 2, 3, 1), mode="bilinear", padding_mode="zeros", align_corners=True)
        return warped * inside.to(image.dtype), inside


class FlowRefiner(nn.Module):
    def __init__(self, size=(8, 10), rounds=3):
        super().__init__()
        self.rounds = rounds
        self.warp = BackwardWarp(*size)
        self.update = nn.Sequential(nn.Conv2d(9, 12, 3, padding=1), nn.LeakyReLU(0.1), nn.Conv2d(12, 2, 3, padding=1))

    def forward(self, first, second, flow):
        for _ in range(self.rounds):
            warped, inside = self.warp(second, flow)
            features = torch.cat([first, warped, flow, inside.to(flow.dtype)], dim=1)
            flow = flow + self.update(features)
        return flow, self.warp(second, flow)[1]


def build_model():
    torch.manual_seed(0)
    return FlowRefiner().eval()


def example_inputs():
    torch.manual_seed(1)
    pair = torch.rand(1, 3, 8, 10), torch.rand(1, 3, 8, 10)
    return {"still": (*pair, torch.zeros(1, 2, 8, 10)), "moving": (*pair, 2 * torch.randn(1, 2, 8, 10)), "away": (*pair, torch.full((1, 2, 8, 10), 30.0))}
