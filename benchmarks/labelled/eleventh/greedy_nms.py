"""Non-maximum suppression in plain PyTorch, after a small regression head over fixed proposals."""
from typing import List

import torch
from torch import nn


def box_area(boxes):
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def box_iou(a, b):
    lt = torch.max(a[:, None, :2], b[None, :, :2])
    rb = torch.min(a[:, None, 2:], b[None, :, 2:])
    wh = (rb - lt).clamp(min=0)
    inter = wh[..., 0] * wh[..., 1]
    return inter / (box_area(a)[:, None] + box_area(b)[None] - inter + 1e-6)


def nms(boxes, scores, threshold: float):
    order = scores.argsort(descending=True)
    keep: List[torch.Tensor] = []
    while order.numel() > 0:  #@ unrolled-loop: trace onnx_ts; capture-failure: export onnx
        best = order[:1]
        keep.append(best)
        rest = order[1:]
        iou = box_iou(boxes[best], boxes[rest])[0]
        order = rest[iou <= threshold]  #@ graph-break: dynamo
    return torch.cat(keep)


class ProposalRefiner(nn.Module):
    def __init__(self, dim=5, threshold=0.4):
        super().__init__()
        self.threshold = threshold
        self.delta = nn.Linear(dim, 4)
        self.objectness = nn.Linear(dim, 1)

    def forward(self, features, proposals):
        shift = self.delta(features).tanh() * 0.1
        corner = proposals[:, :2] + shift[:, :2]
        boxes = torch.cat([corner, corner + proposals[:, 2:] * shift[:, 2:].exp()], dim=1)
        scores = self.objectness(features).squeeze(1)
        keep = nms(boxes, scores, self.threshold)
        return boxes[keep], scores[keep]


def build_model():
    torch.manual_seed(0)
    return ProposalRefiner().eval()


def example_inputs():
    torch.manual_seed(1)
    features = torch.randn(6, 5)
    size = torch.ones(6, 2)
    apart = torch.cat([torch.arange(6.0)[:, None].repeat(1, 2) * 3, size], dim=1)
    pairs = torch.cat([torch.tensor([0.0, 0, 4, 4, 8, 8])[:, None].repeat(1, 2), size], dim=1)
    return {"pairs": (features, pairs), "apart": (features, apart), "one heap": (features, torch.cat([size, size], 1))}
