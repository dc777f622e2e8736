"""`brain verify`: recompute every number of a result from `result.json` and the crops beside it.

The same network sees the crop again, everything is measured again, and differences are listed. What follows
from the photo alone (where the face is, its size, when it was explained) is taken from the result.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from brain.core.errors import HintedError
from brain.core.results import RESULT_FILE, Result, Status
from brain.core.settings import Settings
from brain.core.stopwatch import Stopwatch
from brain.explanation.experiments import run_experiments
from brain.explanation.findings import Findings, Rules
from brain.explanation.naming import name_face, with_features
from brain.explanation.view import FaceView
from brain.face.features import FeatureFinder
from brain.pipeline.comparison import OtherFace, draw_comparison, stored_face
from brain.pipeline.comparison import compare as compare_with
from brain.pipeline.explained_photo import with_findings
from brain.pipeline.face_location import view_of
from brain.pipeline.people_folder import PeopleFolder
from brain.recognition.model import LoadedModel, load_model
from brain.recognition.own_people import with_people
from brain.rendering import drawing

CLOSE = 0.002
CLOSE_PIXELS = 2


class NothingToVerify(HintedError):
    """There is no explanation to verify."""


@dataclass(frozen=True)
class Difference:
    """A value that was not reproduced; `where` is its path in result.json, or a file's name."""

    where: str
    stored: str
    found: str


@dataclass(frozen=True)
class Verification:
    """How many values were compared, and which differ."""

    compared: int
    differences: list[Difference]


def verify(directory: Path, settings: Settings) -> Verification:
    """Measure everything again, and compare.

    Args:
        directory: what `brain explain` wrote.
        settings: where models and cascades are, and the threshold.

    Raises:
        NothingToVerify: no readable result with an explanation, or no crop.
        BrainError: the model or a cascade does not load.
    """
    result = read_result(directory)
    crop = read_picture(directory, result.artifacts.get("cropped", ""))
    name, dtype = (
        (result.model.name, result.model.dtype) if result.model else (settings.model, settings.dtype)
    )
    model = with_the_people(load_model(settings.models_dir / name, dtype), result, settings)
    assert result.face is not None
    view = view_of(crop, result.face)
    other = stored_other(directory, result)
    again, found = recompute(result, view, model, settings, other)
    drawn = draw_again(directory, result, view, found)
    if again.comparison and other:
        drawn |= draw_comparison(again.comparison, view, other)
    compared, differences = 0, []
    for difference in [
        *compare("", values(result), values(again)),
        *pictures(directory, result, drawn),
    ]:
        compared += 1
        if difference:
            differences.append(difference)
    return Verification(compared, differences)


def with_the_people(model: LoadedModel, result: Result, settings: Settings) -> LoadedModel:
    """The model with the current people, from the same sources as in the result.

    Raises:
        BrainError: the people cannot be read, or there are none.
    """
    people = result.model.people if result.model else None
    if people is None:
        return model
    named = replace(settings, model=model.network.config.name)
    own = PeopleFolder(named).people_for(model.sha256) if people.own else None
    return with_people(model, own, people.source)


def stored_other(directory: Path, result: Result) -> OtherFace | None:
    """The face that a result was compared with; None if there is no comparison."""
    if result.comparison is None:
        return None
    name = result.artifacts.get("other_cropped", "")
    crop = read_picture(directory, name)
    return stored_face(result.comparison, (directory / Path(name).name).read_bytes(), crop)


def recompute(
    result: Result, view: FaceView, model: LoadedModel, settings: Settings, other: OtherFace | None
) -> tuple[Result, Findings]:
    """The result that follows from the stored crops, face and settings."""
    stored = result.explanation
    assert stored is not None
    assert result.model is not None
    finder = FeatureFinder(settings.cascades_dir, settings.extra_cascades_dir)
    rules = Rules(settings.threshold, stored.check, stored.language, stored.cam)
    named = with_features(name_face(model, rules, view, Stopwatch()), finder, rules, Stopwatch())
    found = run_experiments(model, named, Stopwatch())
    comparison = compare_with(model, named, other, rules, Stopwatch()) if other else None
    people = model.people if result.model.people else None
    described = result.model.model_copy(update={"sha256": model.sha256, "people": people})
    again = result.model_copy(update={"model": described, "comparison": comparison})
    return with_findings(again, found), found


def values(result: Result) -> dict[str, Any]:
    """The values to compare, as plain JSON."""
    wanted = {"model", "identity", "candidates", "features", "explanation", "comparison", "passes"}
    return result.model_dump(mode="json", include=wanted)


def compare(where: str, stored: Any, found: Any) -> Iterator[Difference | None]:
    """Yields one item per value: None if both agree.

    Numbers agree within 0.002, or 0.2 % of a large one, maps within 2 of 255 levels in every cell, everything
    else exactly.
    """
    if isinstance(stored, dict) and isinstance(found, dict) and stored.keys() == found.keys():
        for name in stored:
            path = f"{where}.{name}" if where else name
            if name == "data":
                yield None if maps_agree(stored, found) else Difference(path, "a map", "another map")
            else:
                yield from compare(path, stored[name], found[name])
    elif isinstance(stored, list) and isinstance(found, list) and len(stored) == len(found):
        for index, (first, second) in enumerate(zip(stored, found, strict=True)):
            yield from compare(f"{where}[{index}]", first, second)
    else:
        yield None if agree(stored, found) else Difference(where, shortened(stored), shortened(found))


def agree(stored: Any, found: Any) -> bool:
    """Whether two plain values are equal up to rounding."""
    if isinstance(stored, float | int) and isinstance(found, float | int):
        return abs(stored - found) <= CLOSE * max(1.0, abs(found))
    return bool(stored == found)


def maps_agree(stored: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether two encoded maps agree in every cell; signed maps have a scale."""
    kind = np.int8 if "scale" in stored else np.uint8
    first, second = (
        np.frombuffer(base64.b64decode(each["data"]), kind).astype(int) for each in (stored, found)
    )
    return first.shape == second.shape and bool((abs(first - second) <= CLOSE_PIXELS).all())


def draw_again(
    directory: Path, result: Result, view: FaceView, found: Findings
) -> dict[str, drawing.Picture]:
    """Draw the pictures of an explanation again, by role."""
    jpeg = (directory / result.artifacts["cropped"]).read_bytes()
    return {**drawing.draw_activation_maps(view, jpeg, found), **drawing.draw_evidence(found)}


def pictures(
    directory: Path, result: Result, drawn: Mapping[str, drawing.Picture]
) -> Iterator[Difference | None]:
    """Compare the pictures beside result.json with those that were drawn again."""
    expected = {role: picture.name for role, picture in drawn.items()}
    yield from compare("artifacts", result.artifacts, expected)
    for picture in drawn.values():
        path = directory / picture.name
        same = path.is_file() and pixels_agree(path.read_bytes(), picture.data)
        yield None if same else Difference(picture.name, "a picture", "another picture")


def pixels_agree(stored: bytes, drawn: bytes) -> bool:
    """Whether two pictures look the same: their mean difference is at most 2 of 255."""
    first, second = drawing.decode(stored), drawing.decode(drawn)
    return first.shape == second.shape and float(np.abs(first.astype(int) - second).mean()) <= CLOSE_PIXELS


def read_result(directory: Path) -> Result:
    """The stored result.

    Raises:
        NothingToVerify: it is missing, is not a result, or holds no explanation.
    """
    path = directory / RESULT_FILE
    try:
        result = Result.model_validate_json(path.read_bytes())
    except OSError as error:
        raise NothingToVerify(
            f"There is no {RESULT_FILE} in {directory}.", "Give a folder that brain explain wrote."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise NothingToVerify(
            f"{path} is not a result: {where}: {first['msg']}.",
            "It was changed, or an older version wrote it.",
        ) from error
    if result.status is not Status.DONE or not (result.explanation and result.face and result.model):
        raise NothingToVerify(f"{path} holds no explanation.", "Only a finished result can be verified.")
    return result


def read_picture(directory: Path, name: str) -> np.ndarray:
    """The crop, (s, s, 3) uint8 BGR.

    Raises:
        NothingToVerify: it is missing, or is not a colour picture.
    """
    path = directory / Path(name).name
    picture = drawing.decode(path.read_bytes()) if path.is_file() else np.zeros(())
    if picture.ndim != 3:
        raise NothingToVerify(
            f"There is no crop at {path}.", "The result can only be verified with its crop."
        )
    return picture


def shortened(value: Any) -> str:
    """A value, shortened to fit into a line of a report."""
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
