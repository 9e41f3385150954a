"""FastSpeech: a variance adaptor whose length regulator repeats every phoneme for its number of frames."""
import torch
import torch.nn.functional as F
from torch import nn


class DurationPredictor(nn.Module):
    def __init__(self, channels: int, kernel: int = 3):
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, kernel, padding=kernel // 2)
        self.norm = nn.LayerNorm(channels)
        self.out = nn.Linear(channels, 1)

    def forward(self, x):
        h = F.relu(self.conv(x.transpose(1, 2))).transpose(1, 2)
        return self.out(self.norm(h)).squeeze(-1)


class LengthRegulator(nn.Module):
    """Expands a sequence of phonemes to the frames of the spectrogram."""

    def expand(self, phonemes, durations):
        out = []
        for i, vec in enumerate(phonemes):
            out.append(vec.expand(max(int(durations[i].item()), 0), -1))  #@ baked-constant: trace onnx_ts; capture-failure: export; graph-break: dynamo
        return torch.cat(out, 0)

    def forward(self, x, durations):
        return self.expand(x[0], durations[0]).unsqueeze(0)


class VarianceAdaptor(nn.Module):
    def __init__(self, vocab=40, channels=12, mels=8):
        super().__init__()
        self.emb = nn.Embedding(vocab, channels)
        self.predictor = DurationPredictor(channels)
        self.regulator = LengthRegulator()
        self.mel = nn.Linear(channels, mels)

    def forward(self, phonemes, pace):
        x = self.emb(phonemes)
        log_d = self.predictor(x)
        durations = torch.clamp(torch.round((torch.exp(log_d) + 1.3) * pace), min=0)
        return self.mel(self.regulator(x, durations)), log_d


def build_model():
    torch.manual_seed(3)
    return VarianceAdaptor().eval()


def example_inputs():
    first = torch.tensor([[5, 17, 2, 33, 8]])
    return {
        "normal": (first, torch.tensor(1.0)),
        "slow": (first, torch.tensor(2.5)),
        "other": (torch.tensor([[1, 1, 39, 20, 11]]), torch.tensor(3.0)),
    }
