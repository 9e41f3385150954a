"""A denoising step with classifier-free guidance only inside an interval of noise levels, with rescaling."""
import torch
from torch import nn


def rescale_noise_cfg(noise_cfg, noise_text, guidance_rescale: float):
    std_text = noise_text.std(dim=[1, 2, 3], keepdim=True)
    std_cfg = noise_cfg.std(dim=[1, 2, 3], keepdim=True)
    rescaled = noise_cfg * (std_text / std_cfg)
    return guidance_rescale * rescaled + (1 - guidance_rescale) * noise_cfg


class TinyUNet(nn.Module):
    def __init__(self, c=4, d=6):
        super().__init__()
        self.inp = nn.Conv2d(c, 16, 3, padding=1)
        self.ctx = nn.Linear(d, 16)
        self.out = nn.Conv2d(16, c, 3, padding=1)

    def forward(self, x, sigma, context):
        h = self.inp(x / (sigma**2 + 1).sqrt())
        h = h + self.ctx(context)[:, :, None, None]
        return self.out(torch.nn.functional.silu(h))


class GuidedStep(nn.Module):
    def __init__(self, unet, scale=4.0, rescale=0.7, low=0.3, high=5.0):
        super().__init__()
        self.unet = unet
        self._guidance_scale = scale
        self.rescale = rescale
        self.low = low
        self.high = high
        self.register_buffer("null", torch.zeros(1, 6))

    @property
    def do_classifier_free_guidance(self) -> bool:
        return self._guidance_scale > 1.0

    def forward(self, x, sigma, sigma_next, context):
        denoised = self.unet(x, sigma, context)
        if self.do_classifier_free_guidance:
            uncond = self.unet(x, sigma, self.null.expand_as(context))
            if bool(sigma > self.low) and bool(sigma <= self.high):  #@ baked-branch: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                guided = uncond + self._guidance_scale * (denoised - uncond)
                denoised = rescale_noise_cfg(guided, denoised, self.rescale)
        d = (x - denoised) / sigma
        return x + d * (sigma_next - sigma)


def build_model():
    torch.manual_seed(0)
    return GuidedStep(TinyUNet()).eval()


def example_inputs():
    torch.manual_seed(1)
    x, context = torch.randn(1, 4, 8, 8), torch.randn(1, 6)

    def at(now, then):
        return x, torch.tensor(now), torch.tensor(then), context

    return {"noisy": at(14.0, 9.0), "middle": at(2.0, 1.2), "late": at(0.1, 0.02)}
