"""Speaker verification: cosine scores against enrolled voices, normalised against a cohort only where they are unsure."""
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class VerifyConfig:
    feature_dim: int = 10
    embedding_dim: int = 6
    cohort: int = 7
    certain: float = 0.85


class Verifier(nn.Module):
    def __init__(self, config: VerifyConfig):
        super().__init__()
        self.certain = config.certain
        self.encoder = nn.Sequential(nn.Linear(config.feature_dim, 16), nn.ReLU(), nn.Linear(16, config.embedding_dim))
        self.register_buffer("cohort", F.normalize(torch.randn(config.cohort, config.embedding_dim), dim=-1))

    def embed(self, features):
        return F.normalize(self.encoder(features).mean(dim=1), dim=-1)

    def normalised(self, scores, embedding):
        impostors = embedding @ self.cohort.t()
        mean, std = impostors.mean(dim=-1, keepdim=True), impostors.std(dim=-1, keepdim=True)
        return (scores - mean) / std.clamp(min=1e-4)

    def forward(self, features, enrolled):
        embedding = self.embed(features)
        scores = embedding @ F.normalize(enrolled, dim=-1).t()
        best = scores.max(dim=-1).values
        if (best > self.certain).all():  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            return scores
        return self.normalised(scores, embedding)


def build_model():
    torch.manual_seed(0)
    return Verifier(VerifyConfig()).eval()


def example_inputs():
    torch.manual_seed(6)
    features = torch.randn(2, 9, 10)
    voices = build_model().embed(features).detach()
    return {
        "strangers": (features, torch.randn(2, 6)),
        "enrolled": (features, voices),
        "noisy": (features + torch.randn(2, 9, 10), voices),
    }
