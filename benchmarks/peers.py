"""The peers, each as its own documentation uses it, on the same weights as BRAIN."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.materials import DEEPFACE_HOME
from brain.recognition.vgg import VGGFace


class PlainVgg(nn.Module):
    """The same network as a peer's user writes it: layers in a row, ReLU a module of its own.

    It shares BRAIN's float32 weights. They ask for gradients, as a model's weights do when it is loaded.
    """

    def __init__(self, network: VGGFace, *, only_last: bool = False) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for number, names in enumerate(network.blocks):
            if number:
                layers.append(nn.MaxPool2d(2))
            for name in names:
                layers += [self._convolution(network.get_submodule(name), not only_last), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        self.last = self.features[-1]
        self.classifier = nn.Sequential(
            nn.MaxPool2d(2),
            nn.Flatten(),
            self._linear(network.fc6),
            nn.ReLU(),
            self._linear(network.fc7),
            nn.ReLU(),
            self._linear(network.fc8),
        )
        if only_last:
            self.requires_grad_(False)
            self.features[-2].requires_grad_(True)
        self.eval()

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, K) logits."""
        logits: Tensor = self.classifier(self.features(x))
        return logits

    @staticmethod
    def _convolution(own: nn.Module, gradients: bool) -> nn.Conv2d:
        assert isinstance(own, nn.Conv2d)
        layer = nn.Conv2d(own.in_channels, own.out_channels, 3, padding=1, device="meta")
        assert own.bias is not None
        layer.weight = nn.Parameter(own.weight.detach(), requires_grad=gradients)
        layer.bias = nn.Parameter(own.bias.detach(), requires_grad=gradients)
        return layer

    @staticmethod
    def _linear(own: nn.Linear) -> nn.Linear:
        layer = nn.Linear(own.in_features, own.out_features, device="meta")
        layer.weight = nn.Parameter(own.weight.detach())
        layer.bias = nn.Parameter(own.bias.detach())
        return layer


def grad_cam(model: PlainVgg, x: Tensor, label: int) -> Callable[[], np.ndarray]:
    """pytorch-grad-cam's GradCAM: one map, (1, S, S) at the size of the input, 0 to 1."""
    declare_torchvision_operators()
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    explainer = GradCAM(model=model, target_layers=[model.last])
    targets = [ClassifierOutputTarget(label)]
    return lambda: explainer(input_tensor=x, targets=targets)


def layer_grad_cam(model: PlainVgg, x: Tensor, label: int) -> Callable[[], Tensor]:
    """Captum's LayerGradCam: one map, (1, 1, H, W) at the feature map's own size."""
    from captum.attr import LayerGradCam

    explainer = LayerGradCam(model, model.last)
    return lambda: explainer.attribute(x, target=label, relu_attributions=True)


def represent(photo: Path) -> Callable[[], object]:
    """Deepface's `represent`: VGG-Face on PyTorch behind OpenCV's detector, the largest face only."""
    os.environ["DEEPFACE_HOME"] = str(DEEPFACE_HOME)
    os.environ["DEEPFACE_BACKEND_ENGINE"] = "pytorch"
    os.environ.setdefault("DEEPFACE_LOG_LEVEL", "40")
    from deepface import DeepFace

    return lambda: DeepFace.represent(
        img_path=str(photo), model_name="VGG-Face", detector_backend="opencv", max_faces=1
    )


def declare_torchvision_operators() -> None:
    """Let torchvision be imported where its compiled half does not fit the torch that is installed.

    pytorch-grad-cam imports torchvision for its picture transforms, which are plain Python. The wheel on
    PyPI is compiled against the CUDA build of torch; beside the CPU build its operators are missing, and
    the import stops at the first one it describes. None of them computes anything here.
    """
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        KEPT.append(library)


KEPT: list[torch.library.Library] = []  # a library's operators vanish with it
