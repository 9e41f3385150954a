"""One Euler step of a diffusion sampler, which looks its place in the schedule up by the timestep's value."""

import torch
from torch import nn


def index_of(timesteps: torch.Tensor, timestep: torch.Tensor) -> int:
    found = (timesteps == timestep).nonzero()  #@ graph-break: dynamo
    position = 1 if len(found) > 1 else 0  #@ baked-branch: trace onnx_ts; capture-failure: export onnx
    return int(found[position, 0].item())  #@ baked-constant: trace onnx_ts; graph-break: dynamo


class EulerStep(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.denoise = nn.Linear(width, width)
        self.register_buffer("timesteps", torch.tensor([900, 700, 500, 500, 300, 100]))
        self.register_buffer("sigmas", torch.tensor([9.0, 5.0, 3.0, 2.0, 1.0, 0.3, 0.0]))

    def forward(self, sample: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
        index = index_of(self.timesteps, timestep)
        sigma, following = self.sigmas[index], self.sigmas[index + 1]
        slope = (sample - self.denoise(sample / (sigma**2 + 1).sqrt())) / sigma
        return sample + slope * (following - sigma)


def build_model():
    torch.manual_seed(709)
    return EulerStep().eval()


def example_inputs():
    torch.manual_seed(710)
    sample = torch.randn(2, 4)
    return {name: (sample, torch.tensor(at)) for name, at in (("early", 900), ("twice", 500), ("late", 100))}
