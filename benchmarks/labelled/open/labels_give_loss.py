"""A batch as a dict: with labels in it, the loss comes back beside the scores."""

from typing import Dict

import torch
from torch import nn


class TaskModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 3)

    def forward(self, batch: Dict[str, torch.Tensor]) -> Dict[str, torch.Tensor]:
        scores = self.fc(batch["features"])
        out = {"scores": scores}
        if "labels" in batch:  #@ specialised-type: export onnx onnx_ts
            out["loss"] = nn.functional.cross_entropy(scores, batch["labels"])
        return out  #@ capture-failure|output-structure: trace


def build_model():
    torch.manual_seed(59)
    return TaskModel().eval()


def example_inputs():
    torch.manual_seed(60)
    features = torch.randn(4, 5)
    return {
        "predict": ({"features": features},),
        "learn": ({"features": features, "labels": torch.tensor([0, 2, 1, 1])},),
    }
