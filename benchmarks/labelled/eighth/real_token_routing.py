"""switch routing: an expert without tokens is skipped"""
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.router = nn.Linear(2, 3, bias=False)
        self.experts = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    def forward(self, tokens):
        choice = self.router(tokens).argmax(-1)
        out = torch.zeros_like(tokens)
        for e, expert in enumerate(self.experts):
            mine = (choice == e).unsqueeze(-1)
            if not mine.any():  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                continue  #@ capture-failure: script
            out = torch.where(mine, expert(tokens), out)
        return out


def build_model():
    torch.manual_seed(0)
    return M().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.tensor([[1.0, 0.2], [-1.0, 0.1]]),), "b": (torch.tensor([[0.0, -3.0], [0.1, 2.0]]),), "c": (torch.tensor([[-2.0, 2.0], [1.0, -4.0]]),)}
