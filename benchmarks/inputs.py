"""The inputs of the benchmarks: VGG-Face with random weights, and photos of scikit-image's astronaut.

Random weights take as much time as trained ones. They are generated once, stored in `.tools/bench`, and also
written in deepface's format.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

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
VGG_FLOAT32 = "vgg-face-random"
VGG_BFLOAT16 = "vgg-face-random-bfloat16"
DEEPFACE_HOME = FOLDER / "deepface"
DEEPFACE_WEIGHTS = DEEPFACE_HOME / ".deepface" / "weights" / "vgg_face_weights.pth"
PHOTO = FOLDER / "photo-12-megapixels.jpg"
SMALL_PHOTO = FOLDER / "photo-small.jpg"

RANDOM_VGG = replace(
    VGG_FACE, name=VGG_FLOAT32, version="random", training_data="none: random weights", licence="MIT"
)


def prepare() -> None:
    """Create the inputs that do not exist yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not PHOTO.is_file():
        PHOTO.write_bytes(twelve_megapixels())
    if not SMALL_PHOTO.is_file():
        SMALL_PHOTO.write_bytes(encode_jpeg(astronaut()))
    weights = [MODELS / name / "weights.safetensors" for name in (VGG_FLOAT32, VGG_BFLOAT16)]
    if all(path.is_file() for path in (*weights, DEEPFACE_WEIGHTS)):
        return
    network = random_network(RANDOM_VGG)
    store(network, VGG_FLOAT32, torch.float32)
    store(network, VGG_BFLOAT16, torch.bfloat16)
    DEEPFACE_WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    torch.save(as_convolutions(network), DEEPFACE_WEIGHTS)


def vgg_variables(dtype: str) -> dict[str, str]:
    """The environment variables that select VGG-Face with random weights, stored in `dtype`."""
    model = VGG_FLOAT32 if dtype == "float32" else VGG_BFLOAT16
    return {"BRAIN_MODELS": str(MODELS), "BRAIN_MODEL": model, "BRAIN_DTYPE": dtype}


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


def store(network: VGGFace, name: str, dtype: torch.dtype) -> None:
    """Write a model folder as BRAIN reads it."""
    directory = MODELS / name
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


def photos(count: int) -> list[bytes]:
    """Small photos of the astronaut, each with other brightness, scale and position, as JPEG."""
    random = np.random.default_rng(0)
    picture = astronaut()
    return [
        encode_jpeg(varied(picture, random, (224, 224), 512 / random.uniform(380, 512))) for _ in range(count)
    ]


def crops(count: int, side: int = 224) -> Iterator[np.ndarray]:
    """Crops of the astronaut's face with random shift, scale, rotation, flip and brightness.

    Yields:
        `count` arrays (side, side, 3) uint8 BGR; the same ones at every call.
    """
    random = np.random.default_rng(0)
    picture = astronaut()
    for _ in range(count):
        face = picture[15:215, 124:324]
        crop = varied(face, random, (100, 100), side / (138 * random.uniform(0.8, 1.3)), side)
        yield np.ascontiguousarray(crop[:, ::-1]) if random.random() < 0.5 else crop


def varied(
    picture: np.ndarray,
    random: np.random.Generator,
    centre: tuple[float, float],
    zoom: float,
    side: int = 512,
) -> np.ndarray:
    """A square cut around `centre`, rotated, shifted and relit at random.

    Args:
        picture: (H, W, 3) uint8 BGR.
        random: source of the variation.
        centre: x and y in the picture, in pixels.
        zoom: pixels of the cut per pixel of the picture.
        side: of the cut, in pixels.

    Returns:
        (side, side, 3) uint8 BGR.
    """
    matrix = np.asarray(cv2.getRotationMatrix2D(centre, random.uniform(-15, 15), zoom), np.float64)
    matrix[:, 2] += side / 2 - np.array(centre) + random.uniform(-12, 12, 2)
    cut = cv2.warpAffine(picture, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    gamma, gain = random.uniform(0.85, 1.1), random.uniform(0.7, 1.3)
    relit: np.ndarray = np.clip(cut.astype(np.float32) ** gamma * gain, 0, 255).astype(np.uint8)
    return relit
