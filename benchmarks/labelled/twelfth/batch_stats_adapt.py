"""Test-time adaptation: the classifier stays in training mode, so that it normalises by the batch that it is given."""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, inside: int, outside: int):
        super().__init__()
        self.linear = nn.Linear(inside, outside, bias=False)
        self.norm = nn.BatchNorm1d(outside)

    def forward(self, x):
        return torch.relu(self.norm(self.linear(x)))  #@ baked-mode: onnx onnx_ts


def entropy(logits):
    logp = logits.log_softmax(dim=-1)
    return -(logp.exp() * logp).sum(dim=-1)


class AdaptedClassifier(nn.Module):
    def __init__(self, inside: int = 6, hidden: int = 10, classes: int = 4):
        super().__init__()
        self.block = Block(inside, hidden)
        self.head = nn.Linear(hidden, classes)

    def forward(self, x):
        logits = self.head(self.block(x))
        return logits, entropy(logits)


def configure(model):
    """Freeze all but the normalisation, as TENT does."""
    model.train()
    model.requires_grad_(False)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.requires_grad_(True)
    return model


def build_model():
    torch.manual_seed(0)
    return configure(AdaptedClassifier())


def example_inputs():
    torch.manual_seed(19)
    return {"source": (torch.randn(6, 6),), "shifted": (torch.randn(6, 6) * 2 + 3,)}
