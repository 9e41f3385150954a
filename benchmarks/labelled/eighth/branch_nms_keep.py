"""greedy non-maximum suppression: a box suppresses others only if it is still kept"""
import torch
from torch import nn


class M(nn.Module):
    def overlap(self, b):
        lo = torch.max(b[:, None, :2], b[None, :, :2])
        hi = torch.min(b[:, None, 2:], b[None, :, 2:])
        inter = (hi - lo).clamp(min=0).prod(-1)
        area = (b[:, 2:] - b[:, :2]).prod(-1)
        return inter / (area[:, None] + area[None, :] - inter)
    def forward(self, boxes):
        iou = self.overlap(boxes)
        later = torch.ones(4, 4).triu(1) > 0
        keep = torch.ones(4) > 0
        for i in range(3):
            if keep[i]:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                keep = keep & ~((iou[i] > 0.5) & later[i])
        return keep


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return (lambda b: {"chain": (b([0.0, 0.4, 0.8, 5.0]),), "apart": (b([0.0, 3.0, 6.0, 9.0]),), "late": (b([0.0, 5.0, 5.2, 5.5]),)})(lambda xs: torch.tensor([[x, 0.0, x + 1.5, 1.0] for x in xs]))
