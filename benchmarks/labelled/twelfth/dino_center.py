"""Self-distillation loss (DINO): the teacher's outputs are centred by a running mean that each call moves."""
import torch
import torch.nn.functional as F
from torch import nn

SEQUENCE = True


class DINOLoss(nn.Module):
    def __init__(self, out_dim: int, teacher_temp: float = 0.2, student_temp: float = 0.5, momentum: float = 0.6):
        super().__init__()
        self.teacher_temp = teacher_temp
        self.student_temp = student_temp
        self.momentum = momentum
        self.register_buffer("center", torch.zeros(1, out_dim))

    def forward(self, student, teacher):
        target = F.softmax((teacher - self.center) / self.teacher_temp, dim=-1)
        loss = (-target * F.log_softmax(student / self.student_temp, dim=-1)).sum(dim=-1)
        self.update_center(teacher)
        return loss.mean()

    def update_center(self, teacher):
        batch_center = teacher.mean(dim=0, keepdim=True)
        self.center = self.center * self.momentum + batch_center * (1 - self.momentum)  #@ baked-state: trace export onnx onnx_ts


class Distiller(nn.Module):
    def __init__(self, dim: int = 8, out_dim: int = 5):
        super().__init__()
        self.student = nn.Linear(dim, out_dim)
        self.teacher = nn.Linear(dim, out_dim)
        self.loss = DINOLoss(out_dim)

    def forward(self, global_view, local_view):
        with torch.no_grad():
            target = self.teacher(global_view)
        return self.loss(self.student(local_view), target)


def build_model():
    torch.manual_seed(0)
    return Distiller().train()


def example_inputs():
    torch.manual_seed(8)
    return {f"step{n}": (torch.randn(4, 8) + n, torch.randn(4, 8)) for n in range(3)}
