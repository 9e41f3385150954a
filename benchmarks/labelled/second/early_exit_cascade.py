"""A cascade of classifiers: as soon as one is sure of the whole batch, the later ones are not asked."""

import torch
from torch import nn


class Stage(nn.Module):
    def __init__(self, width: int, classes: int):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(width, width), nn.ReLU())
        self.exit = nn.Linear(width, classes)

    def forward(self, x: torch.Tensor):
        x = self.body(x)
        return x, self.exit(x)


class Cascade(nn.Module):
    def __init__(self, width: int = 6, classes: int = 3, stages: int = 3, sure: float = 0.6):
        super().__init__()
        self.stages = nn.ModuleList(Stage(width, classes) for _ in range(stages))
        self.sure = sure

    @staticmethod
    def confidence(scores: torch.Tensor) -> torch.Tensor:
        return scores.softmax(-1).amax(-1).min()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores = torch.zeros(0)
        for stage in self.stages:
            x, scores = stage(x)
            if self.confidence(scores) > self.sure:  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                return scores
        return scores


def build_model():
    torch.manual_seed(319)
    model = Cascade()
    with torch.no_grad():
        for stage in model.stages:
            stage.exit.weight.mul_(8)
    return model.eval()


def example_inputs():
    torch.manual_seed(320)
    x = torch.randn(1, 6)
    return {"hard": (x * 0.1,), "easy": (x * 9,), "other": (-x * 4,)}
