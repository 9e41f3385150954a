"""Value learning: a target network is copied from the online one every few calls, counted on the module."""
import torch
from torch import nn

SEQUENCE = True


def mlp(inside: int, hidden: int, outside: int):
    return nn.Sequential(nn.Linear(inside, hidden), nn.Tanh(), nn.Linear(hidden, outside))


class TemporalDifference(nn.Module):
    def __init__(self, observations: int = 5, actions: int = 3, every: int = 3, gamma: float = 0.9):
        super().__init__()
        self.online = mlp(observations, 8, actions)
        self.target = mlp(observations, 8, actions)
        self.every = every
        self.gamma = gamma
        self.calls = 0

    def forward(self, observation, action, reward, following):
        self.calls += 1  #@ baked-state: trace export onnx onnx_ts
        value = self.online(observation).gather(1, action.unsqueeze(1)).squeeze(1)
        if self.calls % self.every == 0:  #@ baked-branch|baked-state: trace export onnx onnx_ts
            best = self.online(following).max(dim=1).values
        else:
            best = self.target(following).max(dim=1).values
        return value - (reward + self.gamma * best)


def build_model():
    torch.manual_seed(0)
    return TemporalDifference()


def example_inputs():
    torch.manual_seed(14)
    def batch():
        return torch.randn(4, 5), torch.randint(0, 3, (4,)), torch.randn(4), torch.randn(4, 5)
    return {f"call{n}": batch() for n in range(4)}
