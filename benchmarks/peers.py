"""The peers, each used as its documentation shows, on the same weights as BRAIN."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.inputs import DEEPFACE_HOME
from brain.recognition.vgg import VGGFace


class PlainVgg(nn.Module):
    """The same network as users of the peers write it: `nn.Sequential`, with ReLU as modules.

    Args:
        network: the network whose float32 weights are shared.
        frozen: require gradients from the last convolution on only; by default all weights require them,
            like those of any model that was just loaded.
    """

    def __init__(self, network: VGGFace, *, frozen: bool = False) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for name in network.layers:
            if layers and name.endswith("_1"):
                layers.append(nn.MaxPool2d(2))
            layers += [self._convolution(network.get_submodule(name), not frozen), nn.ReLU()]
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
        if frozen:
            self.requires_grad_(False)
            self.features[-2].requires_grad_(True)
        self.eval()

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, K) logits."""
        logits: Tensor = self.classifier(self.features(x))
        return logits

    @staticmethod
    def _convolution(source: nn.Module, requires_grad: bool) -> nn.Conv2d:
        assert isinstance(source, nn.Conv2d)
        layer = nn.Conv2d(source.in_channels, source.out_channels, 3, padding=1, device="meta")
        assert source.bias is not None
        layer.weight = nn.Parameter(source.weight.detach(), requires_grad=requires_grad)
        layer.bias = nn.Parameter(source.bias.detach(), requires_grad=requires_grad)
        return layer

    @staticmethod
    def _linear(source: nn.Linear) -> nn.Linear:
        layer = nn.Linear(source.in_features, source.out_features, device="meta")
        layer.weight = nn.Parameter(source.weight.detach())
        layer.bias = nn.Parameter(source.bias.detach())
        return layer


def grad_cam(model: PlainVgg, x: Tensor, label: int) -> Callable[[], np.ndarray]:
    """pytorch-grad-cam's `GradCAM`: one map, (1, S, S) at the input's size, 0 to 1."""
    declare_torchvision_operators()
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    explainer = GradCAM(model=model, target_layers=[model.last])
    targets = [ClassifierOutputTarget(label)]
    return lambda: explainer(input_tensor=x, targets=targets)


def layer_grad_cam(model: PlainVgg, x: Tensor, label: int) -> Callable[[], Tensor]:
    """Captum's `LayerGradCam`: one map, (1, 1, H, W) at the feature map's size."""
    from captum.attr import LayerGradCam

    explainer = LayerGradCam(model, model.last)
    return lambda: explainer.attribute(x, target=label, relu_attributions=True)


def represent(photo: Path) -> Callable[[], object]:
    """DeepFace's `represent`: VGG-Face in PyTorch after OpenCV's detector, for the largest face only."""
    os.environ["DEEPFACE_HOME"] = str(DEEPFACE_HOME)
    os.environ["DEEPFACE_BACKEND_ENGINE"] = "pytorch"
    os.environ.setdefault("DEEPFACE_LOG_LEVEL", "40")
    from deepface import DeepFace

    return lambda: DeepFace.represent(
        img_path=str(photo), model_name="VGG-Face", detector_backend="opencv", max_faces=1
    )


def declare_torchvision_operators() -> None:
    """Make torchvision importable if its compiled extension does not match the installed torch.

    pytorch-grad-cam imports torchvision for its image transforms, which are plain Python. The wheel on PyPI
    is compiled against the CUDA build of torch. With the CPU build its operators are missing, and the import
    fails at the first one that it registers a description for. No benchmark uses any of them.
    """
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        for name in ("nms", "qnms"):
            torch.library.define(
                f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            )
