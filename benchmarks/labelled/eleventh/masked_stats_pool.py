"""A speaker embedding: attentive mean and deviation over the valid frames, which a mask made of the lengths picks."""
import torch
from torch import nn


def length_to_mask(lengths, steps: int):
    return torch.arange(steps, device=lengths.device)[None, :] < lengths[:, None]


class AttentiveStatsPool(nn.Module):
    def __init__(self, channels: int, bottleneck: int = 4, eps: float = 1e-6):
        super().__init__()
        self.eps = eps
        self.attention = nn.Sequential(nn.Conv1d(channels, bottleneck, 1), nn.Tanh(), nn.Conv1d(bottleneck, channels, 1))

    def forward(self, x, mask):
        scores = self.attention(x).masked_fill(~mask.unsqueeze(1), float("-inf"))
        alpha = scores.softmax(-1)
        mean = (alpha * x).sum(-1)
        var = (alpha * x.square()).sum(-1) - mean.square()
        return torch.cat([mean, var.clamp(min=self.eps).sqrt()], dim=1)


class SpeakerNet(nn.Module):
    def __init__(self, n_mels: int = 5, channels: int = 8, emb: int = 6):
        super().__init__()
        self.tdnn = nn.Conv1d(n_mels, channels, 3, padding=1)
        self.pool = AttentiveStatsPool(channels)
        self.fc = nn.Linear(2 * channels, emb)

    def forward(self, mels, lengths):
        mask = length_to_mask(lengths, mels.shape[-1])
        h = torch.relu(self.tdnn(mels * mask.unsqueeze(1)))
        return nn.functional.normalize(self.fc(self.pool(h, mask)), dim=-1)


def build_model():
    torch.manual_seed(0)
    return SpeakerNet().eval()


def example_inputs():
    torch.manual_seed(3)
    return {
        "full": (torch.randn(2, 5, 9), torch.tensor([9, 9])),
        "ragged": (torch.randn(2, 5, 9), torch.tensor([3, 7])),
        "one frame": (torch.randn(2, 5, 9), torch.tensor([1, 5])),
    }
