"""One encoder, a bottleneck adapter per task; the caller names the task."""
import torch
from torch import nn


class Adapter(nn.Module):
    def __init__(self, dim, bottleneck, scale=1.0):
        super().__init__()
        self.down = nn.Linear(dim, bottleneck)
        self.up = nn.Linear(bottleneck, dim)
        self.scale = scale

    def forward(self, x):
        return x + self.scale * self.up(torch.relu(self.down(x)))


class AdapterLayer(nn.Module):
    def __init__(self, dim, tasks):
        super().__init__()
        self.ff = nn.Linear(dim, dim)
        self.norm = nn.LayerNorm(dim)
        self.adapters = nn.ModuleDict({name: Adapter(dim, 2, scale) for name, scale in tasks.items()})

    def forward(self, x, task: str):
        h = torch.tanh(self.ff(x))
        h = self.adapters[task](h)  #@ specialised-type|baked-constant: export onnx onnx_ts; capture-failure: script
        return self.norm(x + h)


class MultiTaskEncoder(nn.Module):
    def __init__(self, dim=6, depth=2):
        super().__init__()
        tasks = {"sentiment": 1.0, "topic": 0.5, "toxicity": 2.0}
        self.layers = nn.ModuleList([AdapterLayer(dim, tasks) for _ in range(depth)])

    def forward(self, x, task: str = "sentiment"):  #@ capture-failure: trace
        for layer in self.layers:
            x = layer(x, task)
        return x.mean(1)


def build_model():
    torch.manual_seed(0)
    return MultiTaskEncoder().eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(2, 3, 6)
    return {"topic": (x, "topic"), "toxicity": (x, "toxicity")}
