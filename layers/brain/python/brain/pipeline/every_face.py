"""Explains every face of a group photo, and draws one overview of all of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, overload

from brain.core.geometry import rectangle
from brain.core.results import Result, Verdict
from brain.core.settings import Settings
from brain.core.stopwatch import Progress, Stopwatch
from brain.pipeline.library import (
    FACE_FOLDERS,
    OVERVIEW_FILE,
    Explanation,
    explaining,
    load_explainer,
    photo_request,
    remove_previous,
)
from brain.pipeline.photo_input import photo_bytes

if TYPE_CHECKING:
    import numpy as np

    from brain.face.photo import Photo as DecodedPhoto
    from brain.pipeline.explainer import Explainer
    from brain.pipeline.photo_input import Photo


@dataclass(frozen=True)
class ExplainedFaces(Sequence[Explanation]):
    """The explanations of all faces of a photo, the largest and most central face first.

    Attributes:
        explanations: in the order of `face.index`.
        overview: a JPEG of the photo with a numbered box and a name for every face.
    """

    explanations: tuple[Explanation, ...]
    overview: bytes = field(repr=False)

    @overload
    def __getitem__(self, index: int) -> Explanation: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Explanation]: ...

    def __getitem__(self, index: int | slice) -> Explanation | Sequence[Explanation]:
        return self.explanations[index]

    def __len__(self) -> int:
        return len(self.explanations)

    def image(self) -> np.ndarray:
        """The overview: (H, W, 3) uint8 RGB."""
        from brain.rendering import drawing

        return drawing.decode(self.overview)[:, :, ::-1].copy()

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write a folder per face, `face-0` and so on, and `overview.jpg` beside them.

        What an earlier run left in the folder is removed. `overview.jpg` is written last, so a folder that
        holds it is complete.

        Returns:
            The folder.

        Raises:
            OSError: the folder cannot be written.
        """
        folder = Path(folder)
        remove_previous(folder)
        for index, explanation in enumerate(self.explanations):
            explanation.save(face_folder(folder, index))
        partial = folder / f"{OVERVIEW_FILE}.partial"
        partial.write_bytes(self.overview)
        partial.replace(folder / OVERVIEW_FILE)
        return folder


def explain_faces(photo: Photo, *, explainer: Explainer | None = None) -> ExplainedFaces:
    """Name every face in a photo and explain each name.

    Args, Raises: see `explain`.
    """
    data, key = photo_bytes(photo)
    if explainer is not None:
        return explain_every_face(explainer, data, key)
    with explaining:
        return explain_every_face(load_explainer(Settings.from_environment()), data, key)


def explain_every_face(
    explainer: Explainer, data: bytes, key: str | None, progress: Progress | None = None
) -> ExplainedFaces:
    """Explain all faces in the bytes of a photo.

    Args:
        key: the photo's file name.
        progress: called with the name of each stage as it begins.

    Raises:
        BrainError: codes 1, 3 and 4.
    """
    from brain.face.photo import decode

    clock = Stopwatch(progress)
    with clock.stage("decode"):
        decoded = decode(data)
    explained = explainer.explain_faces(decoded, photo_request(data, key), clock)
    explanations = tuple(Explanation(each.result, each.files) for each in explained)
    return ExplainedFaces(explanations, draw(decoded, [each.result for each in explanations]))


def draw(photo: DecodedPhoto, results: Sequence[Result]) -> bytes:
    """Draw the overview of a photo from the results of its faces."""
    from brain.rendering.overview import LabelledFace, draw_overview

    faces = [
        LabelledFace(rectangle(result.face.box).scaled(1 / photo.scale), label(result))
        for result in results
        if result.face
    ]
    return draw_overview(photo.pixels, faces)


def label(result: Result) -> str:
    """The label of a face in the overview: its number, and its name if the network does not reject it."""
    from brain.rendering.html import VERDICTS

    assert result.face is not None
    assert result.identity is not None
    assert result.explanation is not None
    verdict = result.identity.verdict
    name = {
        Verdict.STRONG: result.identity.name,
        Verdict.WEAK: f"{result.identity.name}?",
        Verdict.NOBODY: VERDICTS[result.explanation.language][Verdict.NOBODY],
    }[verdict]
    return f"{result.face.index}  {name}"


def face_folder(folder: Path, index: int) -> Path:
    """The folder of one face's files."""
    return folder / FACE_FOLDERS.replace("*", str(index))
