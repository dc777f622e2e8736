"""The library's `explain`, and what it returns."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from brain.core.clock import now
from brain.core.errors import ForwardPassFailed
from brain.core.results import RESULT_FILE, PhotoRequest, Result, Source, Verdict
from brain.core.settings import Settings
from brain.core.stopwatch import Progress
from brain.pipeline.photo_input import photo_bytes

if TYPE_CHECKING:
    import numpy as np

    from brain.core.comparisons import Comparison
    from brain.core.explanations import Candidate, Reason
    from brain.pipeline.explainer import Explainer
    from brain.pipeline.photo_input import Photo

PAIR_ARTIFACTS = ("other_cropped.jpg", "comparison.jpg")
ARTIFACTS = (
    "cropped.jpg",
    "gc_map_*.png",
    "heat_map_*.png",
    "blended_*.jpg",
    "evidence_*.png",
    *PAIR_ARTIFACTS,
)
# What `brain.pipeline.every_face` writes: a folder per face, and an overview of all faces.
OVERVIEW_FILE = "overview.jpg"
FACE_FOLDERS = "face-*"

explaining = threading.Lock()


@dataclass(frozen=True)
class Explanation:
    """The explanation of one face in a photo.

    Attributes:
        result: everything that was measured, as it is stored in `result.json`.
        files: the pictures as encoded files, by file name.
    """

    result: Result
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """The most similar identity. Read it together with `verdict`."""
        return self.candidates[0].name

    @property
    def probability(self) -> float:
        """Softmax probability of `name` over all identities, 0 to 1."""
        return self.candidates[0].probability

    @property
    def verdict(self) -> Verdict:
        """`strong`, `weak`, or `nobody`: the face is probably of nobody the model knows."""
        assert self.result.identity is not None
        return self.result.identity.verdict

    @property
    def certainty(self) -> float:
        """Probability that the person is one of the model's identities at all, 0 to 1."""
        assert self.result.identity is not None
        return self.result.identity.certainty

    @property
    def candidates(self) -> list[Candidate]:
        """The most similar identities with their maps, best first; at most five."""
        return self.result.candidates

    @property
    def reasons(self) -> list[Reason]:
        """The facial features that the name was shown to depend on, largest effect first."""
        return self.result.explanation.reasons if self.result.explanation else []

    @property
    def sentences(self) -> list[str]:
        """The explanation in words."""
        return self.result.explanation.sentences if self.result.explanation else []

    @property
    def comparison(self) -> Comparison | None:
        """Whether another photo shows the same person, and why; None unless `brain.compare` was called."""
        return self.result.comparison

    def image(self, role: str = "blended") -> np.ndarray:
        """One of the pictures.

        Args:
            role: a key of `result.artifacts`: `cropped`, `gc_map`, `heat_map`, `blended` or `evidence`; after
                `brain.compare` also `comparison` or `other_cropped`.

        Returns:
            (S, S, 3) uint8 RGB; (S, S) uint8 for the grey maps `gc_map` and `evidence`.

        Raises:
            KeyError: this explanation has no such picture.
        """
        from brain.rendering import drawing

        pixels = drawing.decode(self.files[self.result.artifacts[role]])
        return pixels if pixels.ndim == 2 else pixels[:, :, ::-1].copy()

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write `result.json` and the pictures into a folder.

        The folder is created if it does not exist. Pictures of an earlier explanation in it are removed.
        `result.json` is written last, so a folder that holds it is complete.

        Returns:
            The folder.

        Raises:
            OSError: the folder cannot be written.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        remove_previous(folder)
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        partial = folder / f"{RESULT_FILE}.partial"
        partial.write_text(self.result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        partial.replace(folder / RESULT_FILE)
        return folder

    def show(self) -> None:
        """Open the explanation in the default web browser."""
        handle, path = tempfile.mkstemp(prefix="brain-", suffix=".html")
        with os.fdopen(handle, "w", encoding="utf-8") as page:
            page.write(f'<!doctype html><meta charset="utf-8"><title>BRAIN</title>{self._repr_html_()}')
        webbrowser.open(Path(path).as_uri())

    def _repr_html_(self) -> str:
        """The explanation as self-contained HTML, which notebooks display."""
        from brain.rendering.html import card

        return card(self.result, self.files)


def explain(photo: Photo, *, face: int = 0, explainer: Explainer | None = None) -> Explanation:
    """Name the face in a photo and explain the name.

    May be called from several threads; calls that share the default explainer run one after the other.

    Args:
        photo: a path; the bytes of a JPEG, PNG or WebP file; a NumPy array of shape (H, W, 3) RGB,
            (H, W, 4) RGBA or (H, W) grey, uint8; or a Pillow image. OpenCV's arrays are BGR: pass
            `pixels[:, :, ::-1]`.
        face: which face, 0 being the largest and most central one.
        explainer: default: one that is loaded on the first call, configured by the `BRAIN_*` environment
            variables. Use an explainer of your own from one thread at a time.

    Raises:
        BrainError: the photo cannot be read (code 1), no face was found (3), or the model or a cascade does
            not load (2, 4, 5).
        TypeError: `photo` is none of the above.
        ValueError: an array of another shape or type.
    """
    data, key = photo_bytes(photo)
    request = photo_request(data, key, face)
    if explainer is not None:
        return explain_bytes(explainer, data, request)
    with explaining:
        return explain_bytes(load_explainer(Settings.from_environment()), data, request)


def explain_bytes(
    explainer: Explainer, data: bytes, request: PhotoRequest, progress: Progress | None = None
) -> Explanation:
    """Explain the bytes of a photo.

    Args:
        progress: called with the name of each stage as it begins.

    Raises:
        BrainError: codes 1, 3 and 4.
    """
    explained = explainer.explain(data, request, progress)
    return Explanation(explained.result, explained.files)


def photo_request(data: bytes, key: str | None, face: int = 0) -> PhotoRequest:
    """The request for a photo that did not come from a bucket; its id is derived from its bytes.

    Args:
        key: the photo's file name.
        face: which face.
    """
    return PhotoRequest(hashlib.sha256(data).hexdigest()[:32], now(), Source(key=key), face)


@lru_cache(maxsize=1)
def load_explainer(settings: Settings) -> Explainer:
    """Load the model and the cascades; repeated calls with equal settings return the same explainer.

    Raises:
        BrainError: codes 2, 4 and 5.
    """
    folder = settings.models_dir / settings.model
    if not folder.is_dir():
        raise ForwardPassFailed(
            "weights-absent",
            f"There is no model at {folder}. Set BRAIN_MODELS to the folder that holds it, "
            "or BRAIN_MODEL to one of those that `brain model list` shows.",
        )
    from brain.pipeline.explainer import Explainer

    return Explainer.load(settings)


def remove_previous(folder: Path) -> None:
    """Remove the files of earlier explanations of one face or of every face."""
    if (folder / OVERVIEW_FILE).is_file():
        (folder / OVERVIEW_FILE).unlink()
    for each in (folder, *sorted(folder.glob(FACE_FOLDERS))):
        if not (each / RESULT_FILE).is_file():
            continue
        (each / RESULT_FILE).unlink()
        for pattern in ARTIFACTS:
            for path in each.glob(pattern):
                path.unlink()
        if each != folder and not any(each.iterdir()):
            each.rmdir()
