"""Verification step of speculative decoding: the draft's tokens are kept up to the first that the target rejects."""
import torch
from torch import nn


class TinyLM(nn.Module):
    def __init__(self, vocab: int, dim: int):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.mix = nn.Linear(dim, dim)
        self.out = nn.Linear(dim, vocab)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        hidden = torch.cumsum(self.embed(tokens), dim=0)
        return self.out(torch.tanh(self.mix(hidden))).softmax(-1)


class SpeculativeVerifier(nn.Module):
    def __init__(self, vocab: int = 11, dim: int = 8):
        super().__init__()
        self.target = TinyLM(vocab, dim)
        self.draft = TinyLM(vocab, dim)

    def forward(self, tokens: torch.Tensor, uniform: torch.Tensor) -> torch.Tensor:
        p = self.target(tokens)
        q = self.draft(tokens)
        accepted = 0
        for i in range(uniform.shape[0]):
            token = tokens[i + 1]
            ratio = p[i].index_select(0, token.reshape(1)) / q[i].index_select(0, token.reshape(1))
            if uniform[i] > ratio[0]:  #@ baked-branch|unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                break
            accepted += 1
        bonus = p[accepted].argmax(-1, keepdim=True)
        return torch.cat([tokens[1 : accepted + 1], bonus])


def build_model():
    torch.manual_seed(2)
    return SpeculativeVerifier().eval()


def example_inputs():
    tokens = torch.tensor([1, 4, 7, 2, 9])
    return {
        "two": (tokens, torch.tensor([0.01, 0.01, 0.9999 * 8, 0.01])),
        "none": (tokens, torch.tensor([8.0, 0.01, 0.01, 0.01])),
        "all": (tokens, torch.zeros(4)),
    }
