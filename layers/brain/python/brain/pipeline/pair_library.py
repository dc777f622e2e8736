"""The library's `compare`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from brain.core.results import OtherPhoto, PhotoRequest
from brain.core.settings import Settings
from brain.core.stopwatch import Progress
from brain.pipeline.library import Explanation, explain_bytes, explaining, load_explainer, photo_request
from brain.pipeline.photo_input import photo_bytes

if TYPE_CHECKING:
    from brain.pipeline.explainer import Explainer
    from brain.pipeline.photo_input import Photo


def compare(
    a: Photo, b: Photo, *, face_a: int = 0, face_b: int = 0, explainer: Explainer | None = None
) -> Explanation:
    """Tell whether two photos show the same person, and explain why.

    May be called from several threads; calls that share the default explainer run one after the other.

    Args:
        a: the photo that is explained; see `explain` for what may be given.
        b: the photo that it is compared with.
        face_a, face_b: which face of each, 0 being the largest and most central one.
        explainer: see `explain`.

    Returns:
        The explanation of `a`, with the comparison in `Explanation.comparison`.

    Raises:
        BrainError: as `explain`, for either photo; code 1 where the model cannot compare photos.
        TypeError, ValueError: as `explain`.
    """
    (data_a, key_a), (data_b, key_b) = photo_bytes(a), photo_bytes(b)
    first, second = photo_request(data_a, key_a, face_a), photo_request(data_b, key_b, face_b)
    if explainer is not None:
        other = other_photo(explainer, data_b, second)
        return explain_bytes(explainer, data_a, replace(first, compare_with=other))
    with explaining:
        shared = load_explainer(Settings.from_environment())
        other = other_photo(shared, data_b, second)
        return explain_bytes(shared, data_a, replace(first, compare_with=other))


def other_photo(
    explainer: Explainer, data: bytes, request: PhotoRequest, progress: Progress | None = None
) -> OtherPhoto:
    """A photo to compare with, which is named but not explained.

    Raises:
        BrainError: codes 1, 3 and 4.
    """
    named = next(explainer.stages(data, request, progress))
    return OtherPhoto(named.result, named.files[named.result.artifacts["cropped"]])
