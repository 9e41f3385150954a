"""A liquid time-constant layer over irregular samples: one explicit Euler step for every sample of the series."""
import torch
from torch import nn


class LTCCell(nn.Module):
    def __init__(self, n_in: int, n_hidden: int):
        super().__init__()
        self.drive = nn.Linear(n_in + n_hidden, n_hidden)
        self.tau = nn.Parameter(torch.rand(n_hidden) + 0.5)
        self.reversal = nn.Parameter(torch.randn(n_hidden))

    def forward(self, x, h, dt):
        f = torch.sigmoid(self.drive(torch.cat([x, h], dim=-1)))
        dh = -(1.0 / self.tau + f) * h + f * self.reversal
        return h + dt * dh


class LiquidNet(nn.Module):
    def __init__(self, n_in: int = 3, n_hidden: int = 5, n_out: int = 2, return_sequences: bool = True):
        super().__init__()
        self.n_hidden = n_hidden
        self.return_sequences = return_sequences
        self.cell = LTCCell(n_in, n_hidden)
        self.readout = nn.Linear(n_hidden, n_out)

    def initial(self, x):
        return x.new_zeros(x.shape[0], self.n_hidden)

    def forward(self, x, dt):
        h = self.initial(x)
        outputs = []
        for sample, step in zip(x.unbind(1), dt.unbind(1)):  #@ unrolled-loop: trace export onnx onnx_ts
            h = self.cell(sample, h, step[:, None])
            outputs.append(self.readout(h))
        if self.return_sequences:
            return torch.stack(outputs, dim=1)
        return outputs[-1]


def build_model():
    torch.manual_seed(0)
    return LiquidNet().eval()


def example_inputs():
    torch.manual_seed(7)
    return {
        "five": (torch.randn(2, 5, 3), torch.rand(2, 5) * 0.2),
        "eight": (torch.randn(2, 8, 3), torch.rand(2, 8) * 0.2),
        "two": (torch.randn(2, 2, 3), torch.rand(2, 2) * 0.2),
    }
