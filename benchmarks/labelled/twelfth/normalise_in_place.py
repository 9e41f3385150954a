"""A classifier that normalises the caller's image batch in place to save memory, as camera pipelines do."""
import torch
from torch import nn

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class Normalise(nn.Module):
    def __init__(self, mean=IMAGENET_MEAN, std=IMAGENET_STD):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1))

    def forward(self, images):
        return images.sub_(self.mean).div_(self.std)  #@ mutation: onnx onnx_ts


class ConvBlock(nn.Sequential):
    def __init__(self, inside: int, outside: int, stride: int = 1):
        super().__init__(
            nn.Conv2d(inside, outside, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(outside),
            nn.ReLU(inplace=True),
        )


class CameraNet(nn.Module):
    def __init__(self, classes: int = 4):
        super().__init__()
        self.normalise = Normalise()
        self.features = nn.Sequential(ConvBlock(3, 6, stride=2), ConvBlock(6, 8))
        self.classifier = nn.Linear(8, classes)

    def forward(self, images):
        features = self.features(self.normalise(images))
        return self.classifier(features.mean(dim=(2, 3)))


def build_model():
    torch.manual_seed(0)
    return CameraNet().eval()


def example_inputs():
    torch.manual_seed(12)
    return {"day": (torch.rand(2, 3, 8, 8),), "night": (torch.rand(2, 3, 8, 8) * 0.1,)}
