"""a log record for every call"""
import logging

import torch
from torch import nn

log = logging.getLogger("model")


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
    def forward(self, x):
        h = self.fc(x)
        log.info("hidden %s", h.shape)  #@ capture-failure: script; graph-break: dynamo
        return h.relu()


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(2, 3),), "b": (torch.randn(2, 3),)}
