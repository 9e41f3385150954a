"""A speech encoder with subsampling: padded frames behind the longest utterance are cut off before the layers."""
import torch
from torch import nn


def subsampled(lengths):
    return torch.div(lengths - 1, 2, rounding_mode="floor") + 1


def make_pad_mask(lengths, max_len: int):
    steps = torch.arange(max_len, device=lengths.device)
    return steps.unsqueeze(0) >= lengths.unsqueeze(1)


class EncoderLayer(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.depthwise = nn.Conv1d(dim, dim, 3, padding=1, groups=dim)
        self.pointwise = nn.Linear(dim, dim)

    def forward(self, x, pad):
        h = self.norm(x).masked_fill(pad.unsqueeze(-1), 0.0)
        h = self.depthwise(h.transpose(1, 2)).transpose(1, 2)
        return x + self.pointwise(torch.relu(h))


class SpeechEncoder(nn.Module):
    def __init__(self, n_mels=8, dim=12, num_layers=2):
        super().__init__()
        self.subsample = nn.Conv1d(n_mels, dim, 3, stride=2, padding=1)
        self.layers = nn.ModuleList([EncoderLayer(dim) for _ in range(num_layers)])
        self.after_norm = nn.LayerNorm(dim)

    def forward(self, mels, mel_lengths):
        x = self.subsample(mels.transpose(1, 2)).transpose(1, 2)
        lengths = subsampled(mel_lengths)
        max_len = int(lengths.max())  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
        x = x[:, :max_len]
        pad = make_pad_mask(lengths, max_len)
        for layer in self.layers:
            x = layer(x, pad)
        return self.after_norm(x), lengths


def build_model():
    torch.manual_seed(0)
    return SpeechEncoder().eval()


def example_inputs():
    torch.manual_seed(2)
    return {
        "medium": (torch.randn(2, 16, 8), torch.tensor([9, 6])),
        "full": (torch.randn(2, 16, 8), torch.tensor([16, 11])),
        "short": (torch.randn(2, 16, 8), torch.tensor([3, 5])),
    }
