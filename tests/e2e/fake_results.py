"""Results as the API gives them, made by hand, to test what the page shows without a model."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

NAMES = ("Ada Lovelace", "Grace Hopper", "Katherine Johnson", "Mary Jackson", "Dorothy Vaughan")
PROBABILITIES = (0.83, 0.09, 0.03, 0.02, 0.01)
PHOTO_SIDE = 512
CROP_SIDE = 336
INPUT = {"x": 48, "y": 48, "width": 240, "height": 240}
ANGLE = math.radians(4)
SCALE = 2.1
CENTRE = (226.0, 120.0)
BOXES = {
    "left eye": (186, 118, 56, 34),
    "right eye": (96, 118, 56, 34),
    "nose": (138, 150, 62, 60),
    "mouth": (122, 212, 94, 40),
    "chin": (128, 256, 84, 44),
    "forehead": (106, 56, 124, 44),
}
DROPS = {"left eye": 0.31, "right eye": 0.12, "nose": 0.44, "mouth": 0.02, "chin": -0.01, "forehead": 0.01}
REASONS = ("nose", "left eye")
SENTENCES = (
    "Of the people it knows, the network finds this face most like Ada Lovelace (83 %).",
    "Mostly the nose: without it the match falls from 83 % to 39 %.",
    "Then the left eye: without it, 52 % is left.",
    "The LayerCAM map is bright over the mouth too, but blurring that out hardly changes the match.",
    "Next comes Grace Hopper (9 %). What tells the two apart: the nose speaks for Ada Lovelace.",
)

GERMAN = (
    "Von allen, die das Netz kennt, ähnelt dieses Gesicht am meisten Ada Lovelace (83 %).",
    "Vor allem die Nase: Ohne sie fällt die Übereinstimmung von 83 % auf 39 %.",
    "Dann das linke Auge: Ohne es sinkt der Wert auf 52 %.",
    "Ebenfalls hell in der LayerCAM-Karte: der Mund. Doch ist das unscharf, ändert sich die"
    " Übereinstimmung kaum.",
    "Danach kommt Grace Hopper (9 %).",
)


def transform() -> list[list[float]]:
    """Photo to crop: a rotation by `ANGLE` and an enlargement by `SCALE` about the face's centre."""
    c, s = SCALE * math.cos(ANGLE), SCALE * math.sin(ANGLE)
    x, y = CENTRE
    middle = CROP_SIDE / 2
    return [[c, -s, middle - c * x + s * y], [s, c, middle - s * x - c * y]]


def bumps(size: int, centres: tuple[tuple[float, float], ...], width: float = 0.12) -> np.ndarray:
    """(size, size) float map from 0 to 1 with a bump at each centre (x, y as shares of the side)."""
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size
    heights = [np.exp(-(((x - a) ** 2 + (y - b) ** 2) / width**2)) for a, b in centres]
    height: np.ndarray = np.maximum.reduce(heights)
    return height


def encoded(values: np.ndarray) -> dict[str, Any]:
    """A map with values from 0 to 1 as result.json holds it."""
    data = base64.b64encode((values * 255).round().astype(np.uint8).tobytes()).decode()
    return {"height": values.shape[0], "width": values.shape[1], "data": data}


def signed(values: np.ndarray, scale: float = 2.0) -> dict[str, Any]:
    """A map with values from -1 to 1 as result.json holds it, in units of the logit."""
    data = base64.b64encode((values * 127).round().astype(np.int8).tobytes()).decode()
    return {"height": values.shape[0], "width": values.shape[1], "scale": scale, "data": data}


def candidate(index: int) -> dict[str, Any]:
    """The candidate at this place, with maps that differ from those of the others."""
    shift = 0.08 * index
    cam = bumps(17, ((0.5 - shift, 0.55), (0.7 - shift, 0.35)))
    return {
        "label": 10 + index,
        "name": NAMES[index],
        "probability": PROBABILITIES[index],
        "map": encoded(cam),
        "signed": signed(cam - 0.4 * bumps(17, ((0.3 + shift, 0.8),))),
        "grad_cam": encoded(bumps(17, ((0.4 + shift, 0.5),), 0.3)),
        "evidence": encoded(bumps(35, ((0.5, 0.5 + shift), (0.68, 0.34)))),
    }


def feature(name: str) -> dict[str, Any]:
    """A part of the face, blurred and compared with two controls."""
    x, y, width, height = BOXES[name]
    box = {"x": x, "y": y, "width": width, "height": height}
    drop = DROPS[name]
    controls = [{"box": box, "probability": p, "logit": 8 * p} for p in (0.02, 0.07)]
    return {
        "name": name,
        "box": box,
        "located_by": "landmarks",
        "score": round(0.2 + abs(drop), 2),
        "significant": name in (*REASONS, "mouth"),
        "effect": {"probability": drop, "logit": 8 * drop},
        "controls": controls if drop >= 0.12 else [],
        "falls": [8 * drop, 2 * drop, 0.1, 0.0, 0.0],
        "reason": name in REASONS,
    }


def contrast(first: int, second: int) -> dict[str, Any]:
    """One candidate against another; the leads differ from pair to pair."""
    leads = [round(DROPS[name] * (second - first) - 0.03 * first, 3) for name in BOXES]
    return {
        "label_for": 10 + first,
        "label_against": 10 + second,
        "leads": leads,
        "features_for": ["nose"],
        "features_against": [],
        "sentence": f"The nose speaks for {NAMES[first]}; the chin speaks for {NAMES[second]}.",
    }


def explanation() -> dict[str, Any]:
    """The checks, all of them done."""
    areas = {"evidence": (0.12, 0.74), "cam": (0.2, 0.63), "centre": (0.23, 0.55), "random": (0.6, 0.2)}
    fidelity = {name: {"deletion": d, "insertion": i} for name, (d, i) in areas.items()}
    reasons = [
        {
            "features": [name],
            "before": 0.83,
            "after": round(0.83 - DROPS[name], 2),
            "effect": {"probability": DROPS[name], "logit": 8 * DROPS[name]},
            "control": {"probability": 0.07, "logit": 0.5},
            "area": 0.05,
        }
        for name in REASONS
    ]
    pairs = [(first, second) for first in range(5) for second in range(first + 1, 5)]
    contrasts = [contrast(first, second) for first, second in pairs]
    return {
        "sentences": list(SENTENCES),
        "language": "en",
        "cam": "layercam",
        "outside": 0.31,
        "evidence_outside": 0.24,
        "check": "full",
        "reasons": reasons,
        "fidelity": {**fidelity, "inverted": {"deletion": 0.8, "insertion": 0.1}},
        "contrast": None,
        "contrasts": contrasts,
        "mentions": [[], ["nose"], ["left eye"], ["mouth"], ["nose"]],
        "translations": {
            "en": {"sentences": list(SENTENCES), "contrasts": [pair["sentence"] for pair in contrasts]},
            "de": {"sentences": list(GERMAN), "contrasts": ["Für den einen spricht die Nase."] * len(pairs)},
        },
    }


def done(upload_id: str, cropped: str) -> dict[str, Any]:
    """A finished result.

    Args:
        upload_id: 32 hexadecimal characters.
        cropped: URL of the crop.
    """
    candidates = [candidate(index) for index in range(5)]
    return {
        "id": upload_id,
        "status": "done",
        "created_at": "2026-01-02T03:04:05Z",
        "finished_at": "2026-01-02T03:04:06Z",
        "source": {"bucket": None, "key": None, "etag": None, "width": PHOTO_SIDE, "height": PHOTO_SIDE},
        "model": {
            "name": "fake", "version": "1.0", "identities": 5749, "sha256": "0" * 64, "dtype": "float32"
        },
        "face": {
            "index": 0,
            "box": {"x": 178, "y": 66, "width": 96, "height": 110},
            "crop": {"x": 146, "y": 40, "width": 160, "height": 160},
            "landmarks": [[205.0, 108.0], [246.0, 107.0], [225.0, 130.0], [209.0, 148.0], [243.0, 147.0]],
            "found_by": "yunet",
            "rotation": 0,
            "transform": transform(),
            "input": INPUT,
            "others": [],
        },
        "identity": {
            "label": 10, "name": NAMES[0], "probability": 0.83, "certainty": 0.91, "verdict": "strong"
        },
        "candidates": candidates,
        "features": [feature(name) for name in BOXES],
        "explanation": explanation(),
        "artifacts": {"cropped": cropped},
        "error": None,
        "timings": {"decode": 0.02, "face": 0.06, "classify": 0.03, "evidence": 0.3, "total": 0.5},
    }  # fmt: skip


def named(upload_id: str, cropped: str) -> dict[str, Any]:
    """The same result before its checks: the name, the candidates and the activation maps are there."""
    result = done(upload_id, cropped)
    for found in result["candidates"]:
        found["evidence"] = None
    for found in result["features"]:
        found.update(effect=None, controls=[], falls=[], reason=False)
    unchecked: dict[str, Any] = {
        "check": "off",
        "reasons": [],
        "fidelity": None,
        "contrasts": [],
        "evidence_outside": None,
    }
    result["explanation"] = {**result["explanation"], **unchecked, "sentences": []}
    return {**result, "status": "named", "finished_at": None}


def without_result(upload_id: str, status: str) -> dict[str, Any]:
    """A photo on its way: `waiting` or `processing`."""
    result = done(upload_id, "")
    empty = {"model": None, "face": None, "identity": None, "explanation": None, "finished_at": None}
    lists: dict[str, Any] = {"candidates": [], "features": [], "artifacts": {}, "timings": {}}
    return {**result, **empty, **lists, "status": status}


def failed(upload_id: str, code: int, reason: str, message: str, hint: str) -> dict[str, Any]:
    """A photo that could not be explained."""
    error = {"code": code, "reason": reason, "message": message, "hint": hint}
    return {**without_result(upload_id, "failed"), "error": error}
