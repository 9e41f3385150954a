"""A one-stage detector's head and its post-processing: what is above the threshold, but not more than ``max_det``."""
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class HeadConfig:
    channels: int = 6
    classes: int = 3
    conf: float = 0.35
    max_det: int = 5


def decode(raw, grid, stride: int):
    centre = (raw[:, :2].sigmoid() + grid) * stride
    size = raw[:, 2:4].exp() * stride
    return torch.cat([centre - size / 2, centre + size / 2], dim=1)


class YoloHead(nn.Module):
    def __init__(self, cfg: HeadConfig, side: int = 4):
        super().__init__()
        self.conf = cfg.conf
        self.max_det = cfg.max_det
        self.pred = nn.Conv2d(cfg.channels, 5 + cfg.classes, 1)
        ys, xs = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
        self.register_buffer("grid", torch.stack([xs, ys], dim=-1).reshape(-1, 2).float())

    def select(self, scores):
        candidates = (scores > self.conf).nonzero().squeeze(1)  #@ graph-break: dynamo
        k = min(self.max_det, candidates.shape[0])  #@ baked-constant|baked-branch: trace onnx_ts
        order = scores[candidates].topk(k)[1]
        return candidates[order]

    def forward(self, feature):
        raw = self.pred(feature)[0].flatten(1).t()
        boxes = decode(raw, self.grid, 8)
        prob, label = raw[:, 5:].softmax(-1).max(-1)
        scores = raw[:, 4].sigmoid() * prob.sqrt()
        keep = self.select(scores)
        return boxes[keep], scores[keep], label[keep]


def build_model():
    torch.manual_seed(15)
    return YoloHead(HeadConfig()).eval()


def example_inputs():
    torch.manual_seed(0)
    x = torch.randn(1, 6, 4, 4)
    return {"many": (x * 6,), "few": (x * 0.6,), "some": (x.flip(-1) * 1.2,)}
