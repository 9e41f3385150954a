"""A deployed arm policy: observations normalised in place, a finite check, joint limits and a slew-rate clamp."""
import torch
from torch import nn


class SafetyError(RuntimeError):
    pass


class Policy(nn.Module):
    def __init__(self, n_joints=3, obs=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(obs, 16), nn.ELU(), nn.Linear(16, n_joints))

    def act(self, obs):
        return torch.tanh(self.net(obs))


class SafePolicy(Policy):
    max_delta = 0.2

    def __init__(self, lower, upper, **kwargs):
        super().__init__(n_joints=len(lower), **kwargs)
        self.register_buffer("lower", torch.tensor(lower))
        self.register_buffer("upper", torch.tensor(upper))
        self.register_buffer("obs_mean", torch.full((8,), 0.3))
        self.register_buffer("obs_std", torch.full((8,), 1.7))

    def forward(self, obs, previous):
        if not torch.isfinite(obs).all():  #@ lost-check: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
            raise SafetyError("observation is not finite")
        obs.sub_(self.obs_mean).div_(self.obs_std)  #@ mutation: onnx_ts
        action = self.act(obs)
        action = previous + (action - previous).clamp(-self.max_delta, self.max_delta)  #@ capture-failure: script
        return torch.maximum(torch.minimum(action, self.upper), self.lower)


def build_model():
    torch.manual_seed(0)
    return SafePolicy([-0.5, -0.9, -0.1], [0.5, 0.9, 0.7]).eval()


def example_inputs():
    torch.manual_seed(1)
    broken = torch.randn(1, 8)
    broken[0, 5] = float("inf")
    home = torch.zeros(1, 3)
    return {"good": (torch.randn(1, 8), home), "fast": (5 * torch.randn(1, 8), home + 0.4), "sensor lost": (broken, home)}
