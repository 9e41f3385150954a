"""Self-distillation in training: the centre of the teacher's outputs follows them, batch after batch."""

import torch
from torch import nn

SEQUENCE = True


class CentredDistillation(nn.Module):
    def __init__(self, classes: int = 4, rate: float = 0.3):
        super().__init__()
        self.rate = rate
        self.register_buffer("centre", torch.zeros(1, classes))

    def forward(self, student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        target = ((teacher - self.centre) / 0.1).softmax(-1)
        if self.training:  #@ baked-mode: onnx_ts
            self.centre.lerp_(teacher.mean(0, keepdim=True), self.rate)  #@ mutation|baked-state: trace onnx
        return -(target * student.log_softmax(-1)).sum(-1).mean()


def build_model():
    return CentredDistillation().train()


def example_inputs():
    torch.manual_seed(740)
    return {f"batch_{i}": (torch.randn(3, 4), torch.randn(3, 4) + torch.tensor([2.0, 0, 0, 0])) for i in range(3)}
