"""What is to be evaluated."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brain.core.settings import Settings
from brain.evaluation.errors import EvaluationError
from brain.evaluation.photos import LabelledPhoto, labelled_photos, list_people, unknown_photos

HINT_EXTRA = "Install what evaluation needs: pip install 'brain-faces[explain,evaluate]'"
HINT_FOLDER = (
    "Give a folder that holds one folder of photos per person, named as in names.txt (Ada_Lovelace)."
)
LIBRARIES = ("tqdm", "matplotlib")


@dataclass(frozen=True)
class SetSpec:
    """A named set of photos.

    Attributes:
        folder: one folder per person; None for a set of unknown people alone.
        held_out: use only the photos that are held out of training.
        unknown: folders with photos of unknown people, in subfolders or not.
    """

    name: str
    folder: Path | None
    held_out: bool = False
    unknown: tuple[Path, ...] = ()


@dataclass(frozen=True)
class PairsSpec:
    """LFW's verification protocol: a `pairs.txt`, and the folder with a folder of photos per person."""

    file: Path
    folder: Path


@dataclass(frozen=True)
class Plan:
    """What is to be evaluated, and how.

    Attributes:
        settings: `model` of `models_dir` is evaluated.
        sets: may be empty if there are pairs.
        out: folder for all output.
        processes: how many run at the same time.
        fresh: discard the records of earlier runs.
        command: the command that the report names.
    """

    settings: Settings
    sets: tuple[SetSpec, ...]
    out: Path
    pairs: PairsSpec | None = None
    processes: int = 1
    fresh: bool = False
    command: str = "brain evaluate"

    @property
    def model_folder(self) -> Path:
        """The evaluated model's folder."""
        return self.settings.models_dir / self.settings.model


def require_libraries() -> None:
    """Fail before the work instead of after it.

    Raises:
        EvaluationError: tqdm or matplotlib is not installed.
    """
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise EvaluationError(f"{' and '.join(missing)} cannot be imported.", HINT_EXTRA)


def people_in(folder: Path | None) -> dict[str, list[Path]]:
    """Photos by folder name; none if there is no folder.

    Raises:
        EvaluationError: there is no such folder.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise EvaluationError(f"There is no folder at {folder}.", HINT_FOLDER)
    return list_people(folder)


def photos_of(spec: SetSpec, names: Sequence[str]) -> tuple[LabelledPhoto, ...]:
    """The photos of a set.

    Raises:
        EvaluationError: a folder is missing, the set is empty, or no photo of its folder shows an identity.
    """
    chosen = labelled_photos(people_in(spec.folder), names, spec.held_out)
    if spec.folder is not None and all(photo.label is None for photo in chosen):
        raise EvaluationError(f"No photo in {spec.folder} shows somebody whom the model knows.", HINT_FOLDER)
    for folder in spec.unknown:
        if not folder.is_dir():
            raise EvaluationError(
                f"There is no folder at {folder}.", "Give a folder of photos of unknown people."
            )
        chosen += unknown_photos(folder, names)
    if not chosen:
        raise EvaluationError(f"The set {spec.name} has no photos.", HINT_FOLDER)
    return chosen
