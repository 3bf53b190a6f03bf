"""Makes the classifiers of PyTorchGradientTests and their expected gradients.

Every model is a narrow one of a well-known family with seeded weights and random batch-normalisation statistics, exported by PyTorch's own
exporter. The expected gradients and class activation maps come from autograd in float64.

Needs PyTorch 1.13 and torchvision 0.14 (Debian 12: python3-torch, python3-torchvision). Run it in its own folder.
"""

import copy
import json
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import convnext, densenet, efficientnet, mobilenetv2, mobilenetv3, resnet, shufflenetv2, squeezenet, vgg
from torchvision.models.googlenet import Inception

CLASSES = 5
ROW_CLASSES = [1, 3]


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.layer1 = resnet.BasicBlock(8, 8)
        self.layer2 = resnet.BasicBlock(8, 16, 2, nn.Sequential(nn.Conv2d(8, 16, 1, 2, bias=False), nn.BatchNorm2d(16)))
        self.layer3 = resnet.Bottleneck(16, 8, 2, nn.Sequential(nn.Conv2d(16, 32, 1, 2, bias=False), nn.BatchNorm2d(32)))
        self.fc = nn.Linear(32, CLASSES)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.stem(x))))
        x = F.adaptive_avg_pool2d(x, 1)
        return self.fc(x.view(x.size(0), -1))


class SqueezeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True), squeezenet.Fire(8, 4, 8, 8), nn.MaxPool2d(3, 2, ceil_mode=True), squeezenet.Fire(16, 4, 8, 8))
        self.classifier = nn.Sequential(nn.Dropout(0.5), nn.Conv2d(16, CLASSES, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        # The last rectifier must not be dead, or there is no gradient to compare.
        self.classifier[1].bias.data.fill_(1)

    def forward(self, x):
        return torch.flatten(self.classifier(self.features(x)), 1)


class GoogLeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True))
        self.inception1 = Inception(8, 4, 4, 8, 2, 4, 4)
        self.pool = nn.AvgPool2d(3, 2, padding=1, ceil_mode=True)
        self.inception2 = Inception(20, 4, 4, 8, 2, 4, 4)
        self.fc = nn.Linear(20, CLASSES)

    def forward(self, x):
        x = self.inception2(self.pool(self.inception1(self.stem(x))))
        return self.fc(x.mean([2, 3]))


class Attention(nn.Module):
    """A residual attention module: a mask branch with aligned-corners up-sampling, (1 + M) * T."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True))
        self.trunk = nn.Sequential(nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1, bias=False))
        self.down = nn.Sequential(nn.MaxPool2d(3, 2, ceil_mode=True), nn.Conv2d(8, 8, 3, padding=1), nn.LeakyReLU(0.1))
        self.mask = nn.Sequential(nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 1, bias=False), nn.Sigmoid())
        self.head = nn.Sequential(nn.BatchNorm2d(8), nn.ReLU())
        self.fc = nn.Linear(8, CLASSES)

    def forward(self, x):
        x = self.stem(x)
        t = self.trunk(x)
        m = self.mask(F.interpolate(self.down(x), t.shape[2:], mode="bilinear", align_corners=True))
        return torch.softmax(self.fc(F.adaptive_avg_pool2d(self.head((1 + m) * t), 1).flatten(1)), 1)


def vgg_net():
    model = vgg.VGG(vgg.make_layers([8, "M", 12, "M", 16, "M"], batch_norm=True), num_classes=CLASSES, init_weights=False)
    model.classifier = nn.Sequential(nn.Linear(16 * 49, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, CLASSES))
    return model


def mobilenet_v3():
    bneck = partial(mobilenetv3.InvertedResidualConfig, width_mult=1.0)
    setting = [bneck(8, 3, 8, 8, True, "RE", 2, 1), bneck(8, 3, 24, 16, False, "RE", 2, 1), bneck(16, 5, 32, 16, True, "HS", 1, 1)]
    return mobilenetv3.MobileNetV3(setting, 24, CLASSES)


def efficient_net():
    setting = [efficientnet.MBConvConfig(1, 3, 1, 8, 8, 1), efficientnet.MBConvConfig(4, 5, 2, 8, 16, 2)]
    return efficientnet.EfficientNet(setting, dropout=0.2, stochastic_depth_prob=0.0, num_classes=CLASSES)


# name: (factory, input size, operator set, modules to differentiate by, the last stage last)
MODELS = {
    "resnet": (ResNet, 33, 13, ["stem", "layer1", "layer2", "layer3"]),
    "densenet": (lambda: densenet.DenseNet(4, (2, 2, 2), 8, num_classes=CLASSES), 40, 12, ["features.pool0", "features.transition1", "features.denseblock3"]),
    "mobilenet_v2": (
        lambda: mobilenetv2.MobileNetV2(CLASSES, inverted_residual_setting=[[1, 8, 1, 1], [4, 8, 2, 2], [4, 12, 1, 2]]), 32, 11, ["features.1", "features.3", "features.4"]),
    "mobilenet_v3": (mobilenet_v3, 32, 14, ["features.1", "features.2", "features.4"]),
    "vgg": (vgg_net, 56, 17, ["features.3", "features.7", "features.10"]),
    "squeezenet": (SqueezeNet, 37, 11, ["features.2", "features.4", "features"]),
    "googlenet": (GoogLeNet, 30, 16, ["stem", "inception1", "inception2"]),
    "shufflenet": (lambda: shufflenetv2.ShuffleNetV2([2, 2, 2], [8, 8, 16, 24, 24], num_classes=CLASSES), 32, 13, ["maxpool", "stage3", "conv5"]),
    "efficientnet": (efficient_net, 24, 15, ["features.0", "features.2", "features.3"]),
    "convnext": (lambda: convnext.ConvNeXt([convnext.CNBlockConfig(8, 16, 1), convnext.CNBlockConfig(16, None, 1)], num_classes=CLASSES), 32, 16, ["features.0", "features.1", "features.3"]),
    "attention": (Attention, 45, 17, ["stem", "trunk", "mask", "head"]),
}


class Recorder(nn.Module):
    """The model with the outputs of the modules of interest as further outputs."""

    def __init__(self, model, names):
        super().__init__()
        self.model = model
        self.records = {}
        for name in names:
            model.get_submodule(name).register_forward_hook(lambda _m, _i, output, name=name: self.records.__setitem__(name, output))
        self.names = names

    def forward(self, x):
        logits = self.model(x)
        return (logits, *[self.records[n] for n in self.names])


def prepare(model, generator):
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.6, 1.4, generator=generator)
            module.bias.data.normal_(0, 0.3, generator=generator)
            module.running_mean.normal_(0, 0.3, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
        if isinstance(module, convnext.CNBlock):
            module.layer_scale.data.fill_(0.7)
    return model.eval()


def activation_map(activation, gradient):
    weights = gradient.mean((2, 3), keepdim=True)
    # Not cut at 0, which would hide the errors of half the map.
    cam = (weights * activation).sum(1)
    return cam / cam.abs().amax((1, 2), keepdim=True)


def make(name, factory, size, opset, targets):
    torch.manual_seed(sum(map(ord, name)))
    generator = torch.Generator().manual_seed(len(name))
    model = prepare(factory(), generator)
    x = torch.randn(2, 3, size, size, generator=generator)
    torch.onnx.export(
        Recorder(copy.deepcopy(model), targets), x, f"{name}.onnx", opset_version=opset, input_names=["input"], output_names=["logits", *targets],
        dynamic_axes={n: {0: "batch"} for n in ["input", "logits", *targets]})

    logits, *activations = Recorder(copy.deepcopy(model).double(), targets)(x.double())
    scalar = sum(logits[row, chosen] for row, chosen in enumerate(ROW_CLASSES))
    gradients = torch.autograd.grad(scalar, activations)
    tensors = {"input": x, "logits": logits}
    for target, activation, gradient in zip(targets, activations, gradients):
        tensors[f"gradient/{target}"] = gradient
        tensors[f"map/{target}"] = activation_map(activation, gradient)

    index = {"classes": ROW_CLASSES, "targets": targets, "tensors": []}
    with open(f"{name}.bin", "wb") as file:
        for key, tensor in tensors.items():
            index["tensors"].append({"name": key, "shape": list(tensor.shape)})
            file.write(tensor.detach().float().numpy().astype("<f4").tobytes())
    Path(f"{name}.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    for name, arguments in MODELS.items():
        make(name, *arguments)
        print(name, Path(f"{name}.onnx").stat().st_size, Path(f"{name}.bin").stat().st_size)
