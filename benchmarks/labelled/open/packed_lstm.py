"""An LSTM over a packed batch; the result is padded to the longest sequence again."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class PackedTagger(nn.Module):
    def __init__(self, width: int = 4, tags: int = 3):
        super().__init__()
        self.rnn = nn.LSTM(width, 6, batch_first=True)
        self.read = nn.Linear(6, tags)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)  #@ graph-break: dynamo
        hidden, _ = self.rnn(packed)  #@ capture-failure: export onnx; graph-break: dynamo
        padded, _ = pad_packed_sequence(hidden, batch_first=True)  #@ baked-constant|specialised-shape: onnx_ts
        return self.read(padded)


def build_model():
    torch.manual_seed(45)
    return PackedTagger().eval()


def example_inputs():
    torch.manual_seed(46)
    x = torch.randn(3, 5, 4)
    return {"full": (x, torch.tensor([5, 3, 4])), "short": (x, torch.tensor([1, 3, 2]))}
