"""Deep sets over a ragged batch: a list with one tensor of points for each sample."""
from typing import List

import torch
from torch import Tensor, nn


class PointNet(nn.Sequential):
    def __init__(self, *sizes: int):
        layers: List[nn.Module] = []
        for i in range(1, len(sizes)):
            layers += [nn.Linear(sizes[i - 1], sizes[i]), nn.ReLU()]
        super().__init__(*layers[:-1])


class SetModel(nn.Module):
    def __init__(self, features: int = 3, hidden: int = 8, outputs: int = 2):
        super().__init__()
        self.phi = PointNet(features, hidden, hidden)
        self.rho = PointNet(hidden * 2, hidden, outputs)

    @staticmethod
    def summary(points: Tensor) -> Tensor:
        return torch.cat([points.mean(0), points.amax(0)])

    def forward(self, clouds: List[Tensor]) -> Tensor:
        rows: List[Tensor] = []
        for cloud in clouds:  #@ unrolled-loop|specialised-type|specialised-shape: trace onnx_ts onnx export
            features = self.phi(cloud)
            rows.append(self.summary(features))
        return self.rho(torch.stack(rows))


def build_model():
    torch.manual_seed(0)
    return SetModel().eval()


def example_inputs():
    torch.manual_seed(1)
    a, b, c = torch.randn(4, 3), torch.randn(6, 3), torch.randn(5, 3)
    return {"pair": ([a, b],), "triple": ([a.clone(), b.clone(), c],)}
