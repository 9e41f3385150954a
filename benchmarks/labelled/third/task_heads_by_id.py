"""A multi-task model: the task number of the batch picks what is done with the features from a dictionary."""

import torch
from torch import nn


class MultiTask(nn.Module):
    def __init__(self, width: int = 5):
        super().__init__()
        self.trunk = nn.Linear(4, width)
        self.classify = nn.Linear(width, 2)
        self.compare = nn.Bilinear(width, width, 2)
        self.tasks = {0: self.classified, 1: self.compared, 2: lambda hidden: hidden[:, :2]}

    def classified(self, hidden):
        return self.classify(hidden).log_softmax(-1)

    def compared(self, hidden):
        return self.compare(hidden, hidden.flip(0))

    def forward(self, x, task):
        hidden = self.trunk(x).tanh()
        return self.tasks[task.item()](hidden)  #@ baked-constant|baked-branch: trace onnx_ts; capture-failure: export onnx script; graph-break: dynamo


def build_model():
    torch.manual_seed(509)
    return MultiTask().eval()


def example_inputs():
    torch.manual_seed(510)
    x = torch.randn(3, 4)
    return {f"task_{i}": (x, torch.tensor(i)) for i in range(3)}
