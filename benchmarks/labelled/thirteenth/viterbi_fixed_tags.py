"""The best sequence of tags by dynamic programming, for sentences of one length."""
import torch
from torch import nn


class TagDecoder(nn.Module):
    def __init__(self, tags=4, length=5):
        super().__init__()
        self.length = length
        self.transitions = nn.Parameter(torch.randn(tags, tags))

    def forward(self, emissions):
        score = emissions[:, 0]
        back = []
        for position in range(1, self.length):
            best, origin = (score.unsqueeze(2) + self.transitions).max(1)
            score = best + emissions[:, position]
            back.append(origin)
        tag = score.argmax(1, keepdim=True)
        path = [tag]
        for position in range(self.length - 2, -1, -1):
            tag = back[position].gather(1, tag)
            path.append(tag)
        return torch.cat(path, 1).flip(1), score.logsumexp(1)


def build_model():
    torch.manual_seed(0)
    return TagDecoder().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"a": (torch.randn(3, 5, 4),), "b": (torch.randn(3, 5, 4) * 4,)}
