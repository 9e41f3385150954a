"""Sentence lengths read into Python are constants in a trace: later batches get the first batch's lengths."""

import torch
from torch import nn


class VariableLengthLSTM(nn.Module):
    """Read padded sentences and answer from the state at each one's last word."""

    def __init__(self, features: int = 6, width: int = 8) -> None:
        super().__init__()
        self.lstm = nn.LSTM(features, width, batch_first=True)
        self.head = nn.Linear(width, 2)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        states, _ = self.lstm(x)

        last: list[torch.Tensor] = []
        for sentence in range(x.shape[0]):
            length = int(lengths[sentence])
            last.append(states[sentence, length - 1])

        return self.head(torch.stack(last))


def build_model() -> nn.Module:
    torch.manual_seed(0)
    return VariableLengthLSTM().eval()


def example_inputs() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    torch.manual_seed(1)
    return {
        "falling": (torch.randn(3, 5, 6), torch.tensor([5, 4, 3])),
        "rising": (torch.randn(3, 5, 6), torch.tensor([1, 3, 5])),
        "single_words": (torch.randn(3, 5, 6), torch.tensor([1, 1, 1])),
    }
