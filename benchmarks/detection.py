"""How many faces each detector finds: photos turned by six angles, and pictures without a face.

python -m benchmarks.detection FOLDER ... [--photos 200] [--detector yunet cascades]

A face is found correctly if, on average, its landmarks lie within a quarter of the distance between the eyes
from those that YuNet finds in the original photo. Of several faces, the one nearest to the centre counts.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from benchmarks.markdown import table
from brain.core.errors import FaceNotFound
from brain.core.schema import Detector
from brain.evaluation.photos import is_photo
from brain.evaluation.tables import percent
from brain.face.affine import compose, invert, rotation, transform_points
from brain.face.detector import DetectedFace, FaceDetector
from brain.face.photo import decode

ANGLES = (0, 15, 30, 90, 180, 270)
RIGHT = 0.25
WITHOUT_A_FACE = (
    "brick", "cat", "cell", "checkerboard", "clock", "coffee", "coins", "grass", "gravel", "horse",
    "hubble_deep_field", "immunohistochemistry", "logo", "microaneurysms", "moon", "page", "retina", "rocket",
    "text",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row per folder and detector, and one row for the pictures without a face."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.detection", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "folders", nargs="+", type=Path, metavar="FOLDER", help="of photos, with their folders"
    )
    parser.add_argument("--photos", type=int, default=200, help="at most, per folder, drawn at random")
    parser.add_argument(
        "--detector", type=Detector, nargs="+", default=list(Detector), choices=list(Detector)
    )
    parser.add_argument(
        "--pictures", nargs="*", default=WITHOUT_A_FACE, help="of scikit-image, without a face"
    )
    options = parser.parse_args(arguments)
    reference = FaceDetector()
    for line in table(["detector", "pictures", "number", *(f"{angle}°" for angle in ANGLES)], []):
        print(line)
    for kind in options.detector:
        detector = FaceDetector(kind)
        for folder in options.folders:
            photos = [decode(path.read_bytes()).pixels for path in drawn(folder, options.photos)]
            write(kind, folder.name, len(photos), rightly_found(photos, detector, reference))
        pictures = list(pictures_without_a_face(options.pictures))
        mistaken = sum(bool(faces_in(picture, detector)) for picture in pictures)
        if pictures:
            write(kind, f"without a face: {mistaken} with one", len(pictures), [""] * len(ANGLES))


def write(kind: Detector, pictures: str, number: int, cells: Sequence[str]) -> None:
    """Print a row as soon as it is measured."""
    print(f"| {' | '.join([kind, pictures, str(number), *cells])} |", flush=True)


def drawn(folder: Path, most: int) -> list[Path]:
    """The same photos of a folder on every call."""
    paths = sorted(filter(is_photo, folder.rglob("*")))
    return random.Random(1).sample(paths, min(most, len(paths)))


def rightly_found(photos: Sequence[np.ndarray], detector: FaceDetector, reference: FaceDetector) -> list[str]:
    """The share of photos whose face is found correctly, at each angle."""
    expected = [most_central(faces_in(photo, reference), photo) for photo in photos]
    shares = []
    for angle in ANGLES:
        right = 0
        for photo, known in zip(photos, expected, strict=True):
            picture, to_picture = turned(photo, angle)
            found = most_central(faces_in(picture, detector), picture)
            if known and found:
                right += distance(found.landmarks, transform_points(to_picture, known.landmarks)) < RIGHT
        shares.append(percent(right / len(photos)))
    return shares


def faces_in(picture: np.ndarray, detector: FaceDetector) -> Sequence[DetectedFace]:
    """The confirmed faces; none if there is an error."""
    try:
        return detector.detect(picture)
    except FaceNotFound:
        return ()


def most_central(faces: Sequence[DetectedFace], picture: np.ndarray) -> DetectedFace | None:
    """The face nearest to the centre."""
    height, width = picture.shape[:2]
    centre = np.array([width / 2, height / 2])
    return min(faces, key=lambda face: np.hypot(*(np.array(face.box.centre) - centre)), default=None)


def distance(found: np.ndarray, expected: np.ndarray) -> float:
    """The mean distance of the landmarks, in units of the distance between the eyes."""
    eyes = np.hypot(*(expected[1] - expected[0]))
    return float(np.linalg.norm(found - expected, axis=1).mean() / eyes)


def turned(picture: np.ndarray, angle: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture turned clockwise as a whole, on black, and the transform of its points."""
    height, width = picture.shape[:2]
    turn = rotation(angle, np.array([width / 2, height / 2]))
    corners = transform_points(turn, np.array([(0, 0), (width, 0), (0, height), (width, height)], float))
    size = np.rint(corners.max(0) - corners.min(0)).astype(int)
    turn[:, 2] -= corners.min(0)
    # In OpenCV's coordinates, the centre of the first pixel is at (0, 0).
    half = np.array([[1.0, 0, 0.5], [0, 1, 0.5]])
    matrix = compose(invert(half), compose(turn, half))
    return cv2.warpAffine(picture, matrix, tuple(size.tolist()), flags=cv2.INTER_CUBIC), turn


def pictures_without_a_face(names: Iterable[str]) -> Iterator[np.ndarray]:
    """scikit-image's pictures of those names, in four orientations each."""
    for name in names:
        picture = np.asarray(getattr(skimage.data, name)())
        picture = (255 * picture).astype(np.uint8) if picture.dtype == bool else picture
        colour = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) if picture.ndim == 2 else picture[:, :, 2::-1]
        for quarter in range(4):
            yield np.ascontiguousarray(np.rot90(colour, quarter))


if __name__ == "__main__":
    main()
