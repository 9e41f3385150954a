"""A logger tells of every batch."""

import logging

import torch
from torch import nn

logger = logging.getLogger(__name__)


class Logged(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 3)
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        features = self.body(x).relu()
        logger.info("features of %d rows", features.shape[0])  #@ capture-failure: script; graph-break: dynamo
        return self.head(features)


def build_model():
    torch.manual_seed(0)
    return Logged().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3) * 3,)}
