"""Loads the network in a model's folder. Weights are memory-mapped if they need no conversion."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from brain.core.errors import ForwardPassFailed
from brain.recognition.calibration import CALIBRATION, Calibration
from brain.recognition.classifier import Classifier
from brain.recognition.config import Architecture, ModelConfig
from brain.recognition.gallery import GALLERY, Gallery
from brain.recognition.guard import HINT_WEIGHTS
from brain.recognition.hardware import choose_dtype
from brain.recognition.onnx.network import ImportedNetwork
from brain.recognition.resnet import FaceResNet
from brain.recognition.vgg import VGGFace
from brain.recognition.winograd import WinogradConv2d

WEIGHTS = "weights.safetensors"
ARCHITECTURES: Mapping[Architecture, type[VGGFace] | type[FaceResNet] | type[ImportedNetwork]] = {
    "vgg": VGGFace,
    "dlib-resnet": FaceResNet,
    "onnx": ImportedNetwork,
}
HINT_CALIBRATION = "Remove calibration.json and run `brain model calibrate NAME FOLDER`."
HINT_GALLERY = "Run `brain people build FOLDER`, or install the model again."


def load_classifier(folder: Path, dtype: str = "float32", people: Gallery | None = None) -> Classifier:
    """Build the network that a model's folder describes.

    Args:
        people: a gallery instead of the folder's; only for a network with a gallery.
        dtype: number format to compute in: `float32`, `bfloat16` or `auto`. A network with a gallery always
            computes in float32.

    Raises:
        ForwardPassFailed: code 4; its reason says whether the weights are missing, damaged or of the wrong
            shape.
    """
    config = read_config(folder)
    try:
        tensors = read_weights(folder / WEIGHTS, config, dtype)
    except (SafetensorError, OSError) as error:
        raise ForwardPassFailed("weights-damaged", HINT_WEIGHTS) from error
    if config.has_gallery:
        try:
            gallery = people or Gallery.load(folder / GALLERY)
        except (OSError, ValueError) as error:
            raise ForwardPassFailed("gallery-damaged", HINT_GALLERY) from error
        config = replace(config, identities=len(gallery.names))
        tensors |= gallery_tensors(gallery, config)
    try:
        network = from_tensors(config, tensors)
    except (RuntimeError, KeyError) as error:
        raise ForwardPassFailed("weights-shape", HINT_WEIGHTS) from error
    if not config.has_gallery:
        transform_from_file(network, folder / WEIGHTS)
    return network


def load_without_people(folder: Path) -> Classifier:
    """Load a network without its people. A network with a gallery gets a placeholder.

    Raises:
        ForwardPassFailed: code 4.
    """
    return load_classifier(folder, people=Gallery.placeholder(read_config(folder).descriptor_size))


def read_config(folder: Path) -> ModelConfig:
    """Read the configuration in a model's weights file, and the calibration beside it.

    Raises:
        ForwardPassFailed: code 4; its reason says whether the weights are missing or damaged.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise ForwardPassFailed("weights-absent", f"There is no model at {folder.name}. {HINT_WEIGHTS}")
    try:
        with safe_open(path, framework="pt") as file:
            config = ModelConfig.from_json((file.metadata() or {})["spec"])
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise ForwardPassFailed("weights-damaged", HINT_WEIGHTS) from error
    try:
        calibration = Calibration.load(folder / CALIBRATION)
    except (OSError, ValueError) as error:
        raise ForwardPassFailed("calibration-damaged", HINT_CALIBRATION) from error
    return config if calibration is None else calibration.applied_to(config)


def from_tensors(config: ModelConfig, tensors: Mapping[str, Tensor]) -> Classifier:
    """Build the network from these tensors, without copying them.

    Raises:
        KeyError: the architecture is unknown.
        RuntimeError: the tensors do not fit the configuration.
    """
    with torch.device("meta"):
        network = ARCHITECTURES[config.architecture](config)
    network.load_state_dict(tensors, assign=True)
    return network.requires_grad_(False).eval()


def transform_from_file(network: Classifier, path: Path) -> None:
    """Let layers of minimal filtering read their weights from the file once more, to transform them."""
    for name, layer in network.named_modules():
        if isinstance(layer, WinogradConv2d):
            read = partial(read_tensor, path, f"{name}.weight", torch.float32, channels_last=False)
            layer.transform_from(read)


def gallery_tensors(gallery: Gallery, config: ModelConfig) -> dict[str, Tensor]:
    """The tensors of a gallery as a network's last layer; see `brain.recognition.descriptor_network`."""
    means = torch.from_numpy(gallery.means)
    factor, offset = (1.0, 0.0) if config.metric == "cosine" else (2.0, -2.0)
    bias = torch.full((len(means),), offset * config.logit_scale)
    return {"gallery.weight": means * (factor * config.logit_scale), "gallery.bias": bias}


def read_weights(path: Path, config: ModelConfig, dtype: str) -> dict[str, Tensor]:
    """Read the tensors of a weights file in the number format to compute in."""
    with safe_open(path, framework="pt") as file:
        names = list(file.keys())
        parameters = sum(math.prod(file.get_slice(name).get_shape()) for name in names)
    chosen = choose_dtype(dtype, parameters) if not config.has_gallery else torch.float32
    # Convolutions are faster with their weights in this order, except for those of a VGG in float32.
    channels_last = config.has_gallery or chosen is torch.bfloat16
    return {name: read_tensor(path, name, chosen, channels_last=channels_last) for name in names}


def read_tensor(path: Path, name: str, dtype: torch.dtype, *, channels_last: bool) -> Tensor:
    """Read a tensor in the given format: memory-mapped if it is stored in it, else converted.

    The file is opened for each tensor, so that pages that were only needed for a conversion do not stay in
    memory.
    """
    with safe_open(path, framework="pt") as file:
        tensor: Tensor = file.get_tensor(name)
    if tensor.is_floating_point():
        tensor = tensor.to(torch.float32 if name.startswith("fc8.") else dtype)
    if channels_last and tensor.dim() == 4:
        return tensor.contiguous(memory_format=torch.channels_last)
    return tensor
