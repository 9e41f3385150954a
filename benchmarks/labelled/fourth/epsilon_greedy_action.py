"""A Q-network that picks its own action: now and then any of them, otherwise the best."""

import random

import torch
from torch import nn

SEQUENCE = True


class EpsilonGreedy(nn.Module):
    def __init__(self, states: int = 4, actions: int = 5, epsilon: float = 0.5):
        super().__init__()
        self.actions, self.epsilon = actions, epsilon
        self.values = nn.Sequential(nn.Linear(states, 8), nn.Tanh(), nn.Linear(8, actions))

    def forward(self, state):
        values = self.values(state)
        if random.random() < self.epsilon:  # noqa: S311  #@ baked-random|baked-branch: export onnx onnx_ts; capture-failure|baked-random|baked-branch: trace; capture-failure: script; graph-break: dynamo
            action = torch.randint(self.actions, (state.shape[0],))
        else:
            action = values.argmax(-1)
        return action, values.gather(-1, action.unsqueeze(-1))


def build_model():
    torch.manual_seed(705)
    return EpsilonGreedy().eval()


def example_inputs():
    torch.manual_seed(706)
    return {f"step_{i}": (torch.randn(2, 4),) for i in range(6)}
