"""Settings from the environment."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from brain.core import settings as module
from brain.core.schema import Check, Detector
from brain.core.settings import MIB, Settings, SettingsError


def test_an_empty_environment_yields_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"BRAIN_MODEL": "", "BRAIN_MAX_BYTES": ""}) == Settings()
    assert Settings().max_bytes == 20 * MIB


def test_every_variable_is_read() -> None:
    settings = Settings.from_environment(
        {
            "BRAIN_MODELS": "/srv/models",
            "BRAIN_MODEL": "vgg-face",
            "BRAIN_DETECTOR": "cascades",
            "BRAIN_CASCADES": "/srv/cascades",
            "BRAIN_THRESHOLD": "0.25",
            "BRAIN_CHECK": "features",
            "BRAIN_LANGUAGE": "de",
            "BRAIN_DTYPE": "bfloat16",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "3008",
            "BRAIN_UPLOADS_BUCKET": "in",
            "BRAIN_RESULTS_BUCKET": "out",
            "BRAIN_TABLE": "rows",
            "BRAIN_MAX_BYTES": "1000",
            "BRAIN_RESULT_DAYS": "2",
            "BRAIN_UPLOAD_SECONDS": "3",
            "BRAIN_URL_SECONDS": "4",
            "BRAIN_MAX_RECEIVES": "6",
        }
    )

    assert settings == Settings(
        models_dir=Path("/srv/models"),
        model="vgg-face",
        detector=Detector.CASCADES,
        cascades_dir=Path("/srv/cascades"),
        threshold=0.25,
        check=Check.FEATURES,
        language="de",
        dtype="bfloat16",
        function_memory=3008,
        uploads_bucket="in",
        results_bucket="out",
        table="rows",
        max_bytes=1000,
        result_days=2,
        upload_seconds=3,
        url_seconds=4,
        max_receives=6,
    )


@pytest.mark.parametrize("value", ["many", "inf", "nan"])
def test_a_malformed_number_is_reported_with_its_variable(value: str) -> None:
    with pytest.raises(SettingsError, match=rf"BRAIN_MAX_BYTES.*'{value}'"):
        Settings.from_environment({"BRAIN_MAX_BYTES": value})


@pytest.mark.parametrize(
    ("name", "value"), [("BRAIN_CHECK", "some"), ("BRAIN_LANGUAGE", "la"), ("BRAIN_DTYPE", "half")]
)
def test_an_invalid_choice_is_reported_with_the_valid_ones(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=rf"{name} must be one of \w+, \w+.*, not '{value}'"):
        Settings.from_environment({name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("check", "some"), ("language", None), ("cam", "scorecam"), ("people", "")]
)
def test_a_setting_that_is_not_allowed_is_an_error(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=rf"{name} must be one of \w+, \w+.*, not {value!r}"):
        Settings(**{name: value})  # type: ignore[arg-type]


def test_settings_are_immutable() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().model = "other"  # type: ignore[misc]


@pytest.mark.parametrize("place", ["/opt/python/brain/core/settings.py", "/var/task/brain/core/settings.py"])
def test_the_module_can_be_imported_from_lambdas_folders(place: str) -> None:
    """There, the module has fewer parent folders than in the repository."""
    source = Path(module.__file__).read_text(encoding="utf-8")
    namespace = {"__file__": place, "__name__": "brain.core.settings"}

    exec(compile(source, module.__file__, "exec"), namespace)

    assert "Settings" in namespace
