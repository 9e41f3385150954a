"""A tabular model that insists on positive amounts before it takes their logarithm."""
import torch
from torch import nn


class AmountModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.kind = nn.Embedding(4, 3)
        self.head = nn.Linear(5, 1)

    def forward(self, amounts, kind):
        assert (amounts > 0).all(), "amounts must be positive"  #@ lost-check: trace onnx_ts onnx; capture-failure: export
        return self.head(torch.cat([amounts.log(), self.kind(kind)], -1))


def build_model():
    torch.manual_seed(0)
    return AmountModel().eval()


def example_inputs():
    kind = torch.tensor([0, 3])
    return {
        "sound": (torch.tensor([[1.0, 20.0], [3.5, 0.5]]), kind),
        "refund": (torch.tensor([[1.0, -20.0], [3.5, 0.5]]), kind),
    }
