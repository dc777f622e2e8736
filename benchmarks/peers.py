"""The peers, each used as its documentation shows, on the same weights as BRAIN."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.inputs import DEEPFACE_HOME
from brain.recognition.classifier import Classifier
from brain.recognition.vgg import VGGFace


class PlainVgg(nn.Module):
    """VGG-Face as users of the peers write it: `nn.Sequential`, with ReLU as modules.

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


class PlainClassifier(nn.Module):
    """Any of BRAIN's networks as a plain module whose feature maps at one layer are a submodule's output.

    Args:
        network: the network; its weights are shared.
        layer: name of the layer whose activations are the output of `self.target`.
    """

    def __init__(self, network: Classifier, layer: str) -> None:
        super().__init__()
        self.network = network
        self.layer = layer
        self.target: nn.Module = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, K) logits."""
        features = self.target(self.network.forward_features(x, self.layer))
        return self.network.forward_head(features, self.layer)


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


def ablation_cam(model: PlainClassifier, x: Tensor, label: int) -> Callable[[], np.ndarray]:
    """pytorch-grad-cam's `AblationCAM`, one forward pass per channel: one map, (S, S) at the input's size."""
    declare_torchvision_operators()
    from pytorch_grad_cam import AblationCAM

    return perturbation_cam(AblationCAM, model, x, label)


def score_cam(model: PlainClassifier, x: Tensor, label: int) -> Callable[[], np.ndarray]:
    """pytorch-grad-cam's `ScoreCAM`, one forward pass per channel: one map, (S, S) at the input's size."""
    declare_torchvision_operators()
    from pytorch_grad_cam import ScoreCAM

    return perturbation_cam(ScoreCAM, model, x, label)


def perturbation_cam(
    method: Callable[..., Callable[..., np.ndarray]], model: PlainClassifier, x: Tensor, label: int
) -> Callable[[], np.ndarray]:
    """A map by one of pytorch-grad-cam's classes, (S, S) at the input's size."""
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    explainer = method(model=model, target_layers=[model.target])
    targets = [ClassifierOutputTarget(label)]
    return lambda: explainer(input_tensor=x, targets=targets)[0]


@dataclass(frozen=True)
class Windows:
    """The occlusion windows of one configuration, in pixels: side and distance."""

    side: int
    stride: int


def occlusion(
    network: Classifier, x: Tensor, label: int, baseline: Tensor, windows: Windows
) -> Callable[[], np.ndarray]:
    """Captum's `Occlusion` in batches of 16: one map, (S, S) at the input's size.

    Args:
        network: the network.
        x: (1, 3, S, S), preprocessed.
        label: the identity whose logit is explained.
        baseline: (1, 3, S, S), what a window shows instead of `x`.
        windows: which windows.
    """
    from captum.attr import Occlusion

    explainer = Occlusion(network)

    def explain() -> np.ndarray:
        with torch.inference_mode():
            attributions = explainer.attribute(
                x,
                target=label,
                sliding_window_shapes=(3, windows.side, windows.side),
                strides=(3, windows.stride, windows.stride),
                baselines=baseline,
                perturbations_per_eval=16,
            )
        saliency: np.ndarray = attributions[0].mean(0).clamp(min=0).numpy()  # (S, S)
        return saliency

    return explain


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
