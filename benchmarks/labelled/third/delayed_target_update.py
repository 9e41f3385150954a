"""A twin-delayed critic: every second call moves the target network a little towards the online one."""

import torch
from torch import nn

SEQUENCE = True


class DelayedCritic(nn.Module):
    updates: int

    def __init__(self, width: int = 4, tau: float = 0.3, delay: int = 2):
        super().__init__()
        self.tau, self.delay, self.updates = tau, delay, 0
        self.online, self.target = nn.Linear(width, 1), nn.Linear(width, 1)

    def follow(self) -> None:
        for slow, fast in zip(self.target.parameters(), self.online.parameters()):  #@ capture-failure: script
            slow.data.lerp_(fast.data, self.tau)

    def forward(self, state: torch.Tensor, following: torch.Tensor, reward: torch.Tensor) -> torch.Tensor:
        error = reward + 0.9 * self.target(following).squeeze(-1) - self.online(state).squeeze(-1)
        self.updates += 1  #@ baked-state: trace export onnx onnx_ts
        if self.updates % self.delay == 0:  #@ baked-state|baked-branch: trace export onnx onnx_ts
            self.follow()
        return error


def build_model():
    torch.manual_seed(557)
    return DelayedCritic().train()


def example_inputs():
    torch.manual_seed(558)
    return {f"step_{i}": (torch.randn(3, 4), torch.randn(3, 4), torch.randn(3)) for i in range(4)}
