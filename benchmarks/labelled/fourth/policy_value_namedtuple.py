"""An actor-critic head that returns its policy and value under names."""

from typing import NamedTuple

import torch
from torch import nn


class ActorCriticOutput(NamedTuple):
    logits: torch.Tensor
    value: torch.Tensor


class ActorCritic(nn.Module):
    def __init__(self, states: int = 4, actions: int = 3):
        super().__init__()
        self.body = nn.Linear(states, 8)
        self.actor = nn.Linear(8, actions)
        self.critic = nn.Linear(8, 1)

    def forward(self, state: torch.Tensor) -> ActorCriticOutput:
        hidden = torch.tanh(self.body(state))
        return ActorCriticOutput(logits=self.actor(hidden), value=self.critic(hidden).squeeze(-1))  #@ output-structure: trace script


def build_model():
    torch.manual_seed(735)
    return ActorCritic().eval()


def example_inputs():
    torch.manual_seed(736)
    return {"a": (torch.randn(2, 4),), "b": (torch.randn(2, 4) * 3,)}
