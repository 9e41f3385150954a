"""small proposals are removed, with an early return when none is left"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.score = nn.Linear(4, 1)
    def forward(self, boxes):
        side = boxes[:, 2:] - boxes[:, :2]
        big = (side > 1.0).all(-1)
        if int(big.sum()) == 0:  #@ baked-branch|baked-constant: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            return torch.zeros(1, 1)
        return self.score(boxes * big.unsqueeze(-1))


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"some": (torch.tensor([[0.0, 0, 2, 2], [0.0, 0, 0.5, 3]]),), "none": (torch.tensor([[0.0, 0, 0.2, 2], [0.0, 0, 0.5, 3]]),)}
