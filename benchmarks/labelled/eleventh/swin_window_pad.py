"""Window attention over a feature map, which is padded to whole windows where its sides are no multiple of them."""
import torch
import torch.nn.functional as F
from torch import nn


def window_partition(x, ws: int):
    b, h, w, c = x.shape
    x = x.view(b, h // ws, ws, w // ws, ws, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, ws * ws, c)


def window_merge(windows, ws: int, h: int, w: int):
    x = windows.view(-1, h // ws, w // ws, ws, ws, windows.shape[-1])
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, h, w, windows.shape[-1])


class WindowMixer(nn.Module):
    def __init__(self, dim: int = 6, ws: int = 4):
        super().__init__()
        self.ws = ws
        self.norm = nn.LayerNorm(dim)
        self.spatial = nn.Linear(ws * ws, ws * ws)
        self.proj = nn.Linear(dim, dim)

    def mix(self, windows):
        return self.proj(torch.relu(self.spatial(windows.transpose(1, 2))).transpose(1, 2))

    def forward(self, x):
        h, w = x.shape[1], x.shape[2]
        y = self.norm(x)
        pad_b, pad_r = (self.ws - h % self.ws) % self.ws, (self.ws - w % self.ws) % self.ws
        if pad_b > 0 or pad_r > 0:  #@ baked-branch|specialised-shape: trace export onnx onnx_ts
            y = F.pad(y, (0, 0, 0, pad_r, 0, pad_b))
        windows = self.mix(window_partition(y, self.ws))
        y = window_merge(windows, self.ws, h + pad_b, w + pad_r)[:, :h, :w]
        return x + y


def build_model():
    torch.manual_seed(0)
    return WindowMixer().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"whole": (torch.randn(1, 8, 8, 6),), "ragged": (torch.randn(1, 7, 10, 6),), "tall": (torch.randn(1, 12, 4, 6),)}
