"""The inputs of the benchmarks: VGG-16 with 2,622 classes and random weights, and a 12-megapixel photo.

Random weights take as much time as trained ones. They are generated once, stored in `.tools/bench`, and also
written in the peers' format.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import skimage.data
import torch
from PIL import Image
from safetensors.torch import save_file

from brain.core.settings import REPOSITORY
from brain.importers.published import VGG_FACE
from brain.recognition.config import ModelConfig
from brain.recognition.vgg import VGGFace

FOLDER = REPOSITORY / ".tools" / "bench"
MODELS = FOLDER / "models"
VGG_FLOAT32 = "vgg-16-2622"
VGG_BFLOAT16 = "vgg-16-2622-bfloat16"
DEEPFACE_HOME = FOLDER / "deepface"
DEEPFACE_WEIGHTS = DEEPFACE_HOME / ".deepface" / "weights" / "vgg_face_weights.pth"
PHOTO = FOLDER / "photo-12-megapixels.jpg"

VGG_16 = replace(
    VGG_FACE, name=VGG_FLOAT32, version="random", training_data="none: random weights", licence="MIT"
)


def prepare() -> None:
    """Create the inputs that do not exist yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not PHOTO.is_file():
        PHOTO.write_bytes(twelve_megapixels())
    weights = [MODELS / name / "weights.safetensors" for name in (VGG_FLOAT32, VGG_BFLOAT16)]
    if all(path.is_file() for path in (*weights, DEEPFACE_WEIGHTS)):
        return
    network = random_network(VGG_16)
    store(network, MODELS / VGG_FLOAT32, torch.float32)
    store(network, MODELS / VGG_BFLOAT16, torch.bfloat16)
    DEEPFACE_WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    torch.save(as_convolutions(network), DEEPFACE_WEIGHTS)


def random_network(config: ModelConfig) -> VGGFace:
    """A network with He initialisation, which preserves the activations' variance (arXiv 1502.01852)."""
    torch.manual_seed(0)
    network = VGGFace(config)
    for parameter in network.parameters():
        if parameter.dim() > 1:
            torch.nn.init.kaiming_normal_(parameter, nonlinearity="relu")
        else:
            torch.nn.init.zeros_(parameter)
    return network.requires_grad_(False).eval()


def store(network: VGGFace, directory: Path, dtype: torch.dtype) -> None:
    """Write a model folder as BRAIN reads it."""
    directory.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.to(dtype) for name, tensor in network.state_dict().items()}
    save_file(tensors, directory / "weights.safetensors", metadata={"spec": network.config.to_json()})
    names = "".join(f"Identity {label}\n" for label in range(network.config.identities))
    (directory / "names.txt").write_text(names, encoding="utf-8")


def as_convolutions(network: VGGFace) -> dict[str, torch.Tensor]:
    """The weights in the layout of deepface's VGG-Face, whose fully connected layers are convolutions."""
    tensors = dict(network.state_dict())
    for name, side in (("fc6", 7), ("fc7", 1), ("fc8", 1)):
        weight = tensors[f"{name}.weight"]
        tensors[f"{name}.weight"] = weight.view(weight.shape[0], -1, side, side)
    return tensors


def twelve_megapixels() -> bytes:
    """A JPEG of 4000 x 3000: scikit-image's astronaut (NASA, public domain), enlarged."""
    large = cv2.resize(astronaut(), (3000, 3000), interpolation=cv2.INTER_CUBIC)
    return encode_jpeg(cv2.copyMakeBorder(large, 0, 0, 500, 500, cv2.BORDER_REFLECT))


def encode_jpeg(pixels: np.ndarray) -> bytes:
    """Encode (H, W, 3) uint8 BGR pixels as JPEG."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1])).save(stream, "JPEG", quality=92)
    return stream.getvalue()


def astronaut() -> np.ndarray:
    """scikit-image's astronaut, (512, 512, 3) uint8 BGR."""
    return np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])


def crops(count: int, side: int = 224) -> list[np.ndarray]:
    """Crops of the astronaut's face with random shift, scale, rotation, flip and brightness.

    Returns:
        `count` arrays (side, side, 3) uint8 BGR; the same ones at every call.
    """
    random = np.random.default_rng(0)
    picture, made = astronaut(), []
    for _ in range(count):
        zoom = side / (138 * random.uniform(0.8, 1.3))
        matrix = cv2.getRotationMatrix2D((224, 115), random.uniform(-15, 15), zoom)
        matrix[:, 2] = matrix[:, 2] + side / 2 - np.array([224, 115]) + random.uniform(-12, 12, 2)
        cut = cv2.warpAffine(picture, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
        lit = np.clip(cut.astype(np.float32) ** random.uniform(0.85, 1.1) * random.uniform(0.7, 1.3), 0, 255)
        cut = lit.astype(np.uint8)
        made.append(np.ascontiguousarray(cut[:, ::-1]) if random.random() < 0.5 else cut)
    return made
