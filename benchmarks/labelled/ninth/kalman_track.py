"""Single object tracker with a constant velocity Kalman filter that lives in the module between frames."""
import torch
from torch import nn

SEQUENCE = True


def transition_matrix(dims, dt=1.0):
    matrix = torch.eye(2 * dims)
    for i in range(dims):
        matrix[i, dims + i] = dt
    return matrix


class KalmanTrack(nn.Module):
    def __init__(self, dims=2, process=0.05, measurement=0.2):
        super().__init__()
        self.dims = dims
        self.register_buffer("F", transition_matrix(dims))
        self.register_buffer("H", torch.eye(dims, 2 * dims))
        self.register_buffer("Q", process * torch.eye(2 * dims))
        self.register_buffer("R", measurement * torch.eye(dims))
        self.register_buffer("mean", torch.zeros(2 * dims, 1))
        self.register_buffer("cov", torch.eye(2 * dims))
        self.embed = nn.Linear(dims, dims)

    def predict(self):
        mean = self.F @ self.mean
        cov = self.F @ self.cov @ self.F.t() + self.Q
        return mean, cov

    def update(self, mean, cov, z):
        innovation = z.unsqueeze(-1) - self.H @ mean
        s = self.H @ cov @ self.H.t() + self.R
        gain = cov @ self.H.t() / s.diagonal().unsqueeze(0)
        mean = mean + gain @ innovation
        cov = cov - gain @ self.H @ cov
        return mean, cov

    def forward(self, detection):
        z = self.embed(detection)
        mean, cov = self.predict()
        mean, cov = self.update(mean, cov, z)
        self.mean = mean  #@ baked-state|mutation: trace onnx onnx_ts
        self.cov = cov  #@ baked-state|mutation: trace onnx onnx_ts
        return mean[: self.dims, 0], cov.diagonal()


def build_model():
    torch.manual_seed(0)
    return KalmanTrack().eval()


def example_inputs():
    g = torch.Generator().manual_seed(11)
    return {f"frame{i}": (torch.randn(2, generator=g) + i,) for i in range(4)}
