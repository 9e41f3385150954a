"""A chain of logits processors as generation libraries have it; one of them writes into the scores it is given."""
import torch
from torch import nn


class LogitsProcessor(nn.Module):
    def forward(self, input_ids, scores):
        raise NotImplementedError


class BannedTokens(LogitsProcessor):
    def __init__(self, banned):
        super().__init__()
        self.register_buffer("banned", torch.tensor(banned))

    def forward(self, input_ids, scores):  # noqa: ARG002
        scores.index_fill_(1, self.banned, -1e4)  #@ mutation: onnx onnx_ts
        return scores


class RepetitionPenalty(LogitsProcessor):
    def __init__(self, penalty: float):
        super().__init__()
        self.penalty = penalty

    def forward(self, input_ids, scores):
        seen = scores.gather(1, input_ids)
        seen = torch.where(seen < 0, seen * self.penalty, seen / self.penalty)
        return scores.scatter(1, input_ids, seen)


class Temperature(LogitsProcessor):
    def __init__(self, temperature: float):
        super().__init__()
        self.temperature = max(temperature, 1e-3)

    def forward(self, input_ids, scores):  # noqa: ARG002
        return scores / self.temperature


class ProcessorList(nn.Module):
    def __init__(self, processors):
        super().__init__()
        self.processors = nn.ModuleList(processors)

    def forward(self, input_ids, scores):
        for processor in self.processors:
            scores = processor(input_ids, scores)
        return scores.log_softmax(-1)


def build_model():
    return ProcessorList([BannedTokens([0, 3]), RepetitionPenalty(1.3), Temperature(0.7)]).eval()


def example_inputs():
    torch.manual_seed(0)
    return {
        "start": (torch.tensor([[4, 5], [6, 1]]), torch.randn(2, 8)),
        "later": (torch.tensor([[7, 2], [1, 2]]), torch.randn(2, 8) * 3),
    }
