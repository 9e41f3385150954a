"""Policy-gradient loss: advantages are whitened, unless all of them are nearly the same."""

import torch
from torch import nn


class PolicyLoss(nn.Module):
    def __init__(self, states: int = 4, actions: int = 3):
        super().__init__()
        self.actor = nn.Linear(states, actions)
        self.critic = nn.Linear(states, 1)

    def forward(self, state: torch.Tensor, action: torch.Tensor, returns: torch.Tensor) -> torch.Tensor:
        advantage = returns - self.critic(state).squeeze(-1)
        centred = advantage - advantage.mean()
        spread = advantage.std()
        advantage = centred / spread if spread > 0.25 else centred  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
        chosen = self.actor(state).log_softmax(-1).gather(1, action.unsqueeze(1)).squeeze(1)
        return -(chosen * advantage.detach()).mean()


def build_model():
    torch.manual_seed(501)
    return PolicyLoss().eval()


def example_inputs():
    torch.manual_seed(502)
    state, action = torch.randn(6, 4) * 0.1, torch.tensor([0, 1, 2, 2, 1, 0])
    return {"spread": (state, action, torch.randn(6) * 5), "flat": (state, action, torch.full((6,), 2.0))}
