"""A Gaussian policy without a positive link: the distribution's own check refuses a scale that is not positive."""

import torch
from torch import nn
from torch.distributions import Normal


class GaussianPolicy(nn.Module):
    def __init__(self, states: int = 4):
        super().__init__()
        self.mean = nn.Linear(states, 2)
        self.scale = nn.Linear(states, 2)

    def forward(self, state, action):
        policy = Normal(self.mean(state), self.scale(state))  #@ lost-check: trace onnx_ts dynamo; capture-failure: script export onnx
        return policy.log_prob(action).sum(-1)


def build_model():
    torch.manual_seed(563)
    model = GaussianPolicy()
    with torch.no_grad():
        model.scale.bias.fill_(1.5)
    return model.eval()


def example_inputs():
    torch.manual_seed(564)
    state, action = torch.randn(3, 4) * 0.5, torch.randn(3, 2)
    return {"near": (state, action), "far": (state * 40, action)}
