"""The configuration of a process, read from the environment once and then passed on."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from brain.core.schema import (
    CAM_METHODS,
    LANGUAGES,
    PEOPLE_SOURCES,
    CamMethod,
    Check,
    Detector,
    Language,
    PeopleSource,
)

MIB = 1024 * 1024
DTYPES = ("auto", "float32", "bfloat16")
CHOICES: Mapping[str, Sequence[str | None]] = {
    "detector": tuple(Detector),
    "check": tuple(Check),
    "language": LANGUAGES,
    "cam": (None, *CAM_METHODS),
    "dtype": DTYPES,
    "people": PEOPLE_SOURCES,
}
PACKAGE = Path(__file__).resolve().parents[1]
REPOSITORY = (PACKAGE / "../../../..").resolve()  # Lambda's folders have fewer parents


def default_models_dir() -> Path:
    """The wheel's package data, or the `models` folder of a checkout."""
    embedded = PACKAGE / "models"
    return embedded if embedded.is_dir() else REPOSITORY / "models"


def default_data_dir(name: str) -> Path:
    """A folder of a checkout, or one in the user's data directory (XDG)."""
    if (REPOSITORY / "pyproject.toml").is_file():
        return REPOSITORY / name
    data_home = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")  # noqa: PTH111
    return Path(data_home) / "brain" / name


MODELS_DIR = default_models_dir()
EXTRA_CASCADES_DIR = default_data_dir("cascades")
PEOPLE_DIR = default_data_dir("people")


class SettingsError(ValueError):
    """An environment variable or a setting is malformed; the message names it."""


@dataclass(frozen=True)
class Settings:
    """Settings of one process.

    Attributes:
        models_dir: folder with one subfolder per model.
        model: name of the model, a subfolder of `models_dir`.
        detector: what proposes faces.
        cascades_dir: folder with OpenCV's cascades; None selects those in the OpenCV wheel.
        extra_cascades_dir: folder of the optional mouth and nose cascades (`brain cascades install`).
        threshold: score (0 to 1) above which a feature is significant.
        check: how thoroughly explanations are tested.
        language: language of the sentences.
        cam: method of the class activation maps; None takes the one in the model's configuration.
        dtype: number format of the network: `float32`, `bfloat16` or `auto` (see `recognition.hardware`).
        people_dir: folder of the user's own people, with one file per model (`brain people add`).
        people: whom photos are compared with: the model's embedded people, the user's own, or both.
        enrols: whether the API enrols people, which needs an authoriser in front of it.
        function_memory: memory of the Lambda function in MB; None outside Lambda.
        uploads_bucket, results_bucket, table: names of the AWS resources.
        max_bytes: maximum size of a photo in bytes.
        result_days: lifetime of a result's row in days.
        upload_seconds: lifetime of a presigned POST.
        url_seconds: lifetime of a presigned URL.
        max_receives: number of deliveries after which the queue moves a message to the dead-letter queue.
    """

    models_dir: Path = MODELS_DIR
    model: str = "dlib-resnet"
    detector: Detector = Detector.YUNET
    cascades_dir: Path | None = None
    extra_cascades_dir: Path = EXTRA_CASCADES_DIR
    threshold: float = 0.5
    check: Check = Check.FULL
    language: Language = "en"
    cam: CamMethod | None = None
    dtype: str = "auto"
    people_dir: Path = PEOPLE_DIR
    people: PeopleSource = "both"
    enrols: bool = False
    function_memory: int | None = None
    uploads_bucket: str = "brain-uploads"
    results_bucket: str = "brain-results"
    table: str = "brain-results"
    max_bytes: int = 20 * MIB
    result_days: int = 30
    upload_seconds: int = 600
    url_seconds: int = 900
    max_receives: int = 5

    def __post_init__(self) -> None:
        """Check the values that are names.

        Raises:
            SettingsError: a value is not allowed.
        """
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                allowed = ", ".join(choice for choice in choices if choice)
                raise SettingsError(f"{name} must be one of {allowed}, not {value!r}")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the `BRAIN_*` variables and Lambda's own; an unset or empty variable keeps its default.

        Raises:
            SettingsError: a value is malformed or not allowed; the message names the variable.
        """
        values = os.environ if environ is None else environ

        def number(name: str, default: float) -> float:
            text = values.get(name) or str(default)
            try:
                value = float(text)
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                raise SettingsError(f"{name} must be a number, not {text!r}")
            return value

        def choice(name: str, choices: Sequence[str]) -> str | None:
            text = values.get(name) or None
            if text is not None and text not in choices:
                raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {text!r}")
            return text

        cascades = values.get("BRAIN_CASCADES")
        return cls(
            models_dir=Path(values.get("BRAIN_MODELS") or cls.models_dir),
            model=values.get("BRAIN_MODEL") or cls.model,
            detector=Detector(choice("BRAIN_DETECTOR", list(Detector)) or cls.detector),
            cascades_dir=Path(cascades) if cascades else None,
            extra_cascades_dir=Path(values.get("BRAIN_EXTRA_CASCADES") or cls.extra_cascades_dir),
            threshold=number("BRAIN_THRESHOLD", cls.threshold),
            check=Check(choice("BRAIN_CHECK", list(Check)) or cls.check),
            language=cast(Language, choice("BRAIN_LANGUAGE", LANGUAGES) or cls.language),
            cam=cast(CamMethod | None, choice("BRAIN_CAM", CAM_METHODS)),
            dtype=choice("BRAIN_DTYPE", DTYPES) or cls.dtype,
            people_dir=Path(values.get("BRAIN_PEOPLE") or cls.people_dir),
            people=cast(PeopleSource, choice("BRAIN_PEOPLE_SOURCE", PEOPLE_SOURCES) or cls.people),
            enrols=choice("BRAIN_ENROLS", ("no", "yes")) == "yes",
            function_memory=int(number("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 0)) or None,
            uploads_bucket=values.get("BRAIN_UPLOADS_BUCKET") or cls.uploads_bucket,
            results_bucket=values.get("BRAIN_RESULTS_BUCKET") or cls.results_bucket,
            table=values.get("BRAIN_TABLE") or cls.table,
            max_bytes=int(number("BRAIN_MAX_BYTES", cls.max_bytes)),
            result_days=int(number("BRAIN_RESULT_DAYS", cls.result_days)),
            upload_seconds=int(number("BRAIN_UPLOAD_SECONDS", cls.upload_seconds)),
            url_seconds=int(number("BRAIN_URL_SECONDS", cls.url_seconds)),
            max_receives=int(number("BRAIN_MAX_RECEIVES", cls.max_receives)),
        )
