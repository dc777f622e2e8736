"""A plain pipeline without any explanation: the same steps as BRAIN's, as briefly as the libraries allow.

Decode, detect with YuNet, align by the five landmarks, one forward pass, the top five, `cropped.jpg`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import cv2
import numpy as np
import torch
from PIL import Image, ImageOps

from brain.core.settings import Settings
from brain.face.yunet import WEIGHTS
from brain.recognition.model import load_model

DETECTION_SIDE = 640  # pixels of the photo's long side
WORKING_SIDE = 2048
MIN_SCORE = 0.6

Output = tuple[bytes, bytes]  # cropped.jpg, result.json


def load(settings: Settings) -> Callable[[bytes], Output]:
    """A function that names the largest face in a photo."""
    model = load_model(settings.models_dir / settings.model, settings.dtype)
    network, config = model.network, model.network.config
    detector = cv2.FaceDetectorYN.create(str(WEIGHTS), "", (320, 320), MIN_SCORE)
    assert config.template is not None
    template = np.array(config.template) * config.input_size

    def name(photo: bytes) -> Output:
        pixels = decode(photo)
        landmarks = detect(detector, pixels)
        matrix, _ = cv2.estimateAffinePartial2D(landmarks, template)
        field = cv2.warpAffine(pixels, matrix, (config.input_size, config.input_size))
        with torch.inference_mode():
            probabilities = network(network.preprocess(field)).softmax(1)[0]
        top = probabilities.topk(5)
        candidates = [
            {"name": model.names[label], "probability": probability}
            for label, probability in zip(top.indices.tolist(), top.values.tolist(), strict=True)
        ]
        return encode_jpeg(field), json.dumps({"candidates": candidates}).encode()

    return name


def decode(photo: bytes) -> np.ndarray:
    """A photo's pixels, (H, W, 3) uint8 BGR, upright; large JPEGs at reduced scale."""
    image: Image.Image = Image.open(io.BytesIO(photo))
    image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
    image = ImageOps.exif_transpose(image).convert("RGB")
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def detect(detector: cv2.FaceDetectorYN, pixels: np.ndarray) -> np.ndarray:
    """The five landmarks of the largest face, (5, 2) in pixels of the photo.

    Raises:
        ValueError: no face was found.
    """
    scale = min(1.0, DETECTION_SIDE / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    detector.setInputSize((small.shape[1], small.shape[0]))
    _, faces = detector.detect(small)
    if faces is None:
        raise ValueError("no face")
    largest = max(faces, key=lambda face: face[2] * face[3])
    landmarks: np.ndarray = largest[4:14].reshape(5, 2) / scale
    return landmarks


def encode_jpeg(pixels: np.ndarray) -> bytes:
    """(H, W, 3) uint8 BGR as JPEG."""
    _, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])
    return bytes(jpeg)
