"""Records never outlive a change of the code or the data that made them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from brain.core.settings import PACKAGE
from brain.evaluation.fingerprint import run_fingerprint, source_digest
from brain.recognition.model import load_model
from tests import tiny


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("package") / "brain"
    shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("__pycache__"))
    return copied


@pytest.mark.parametrize(
    "module", ["rendering/drawing.py", "face/photo.py", "recognition/vgg.py", "evaluation/predictions.py"]
)
def test_a_change_of_any_module_counts(package: Path, module: str) -> None:
    """The network sees the JPEG that drawing.py encodes, which a list of modules once left out."""
    before = source_digest(package)
    source = (package / module).read_bytes()
    (package / module).write_bytes(source + b"# changed\n")
    changed = source_digest(package)
    (package / module).write_bytes(source)
    assert changed != before
    assert source_digest(package) == before


def test_a_change_of_the_data_counts(package: Path) -> None:
    before = source_digest(package)
    data = max(
        (path for path in package.rglob("*") if path.suffix not in (".py", "")),
        key=lambda p: p.stat().st_size,
    )
    data.write_bytes(data.read_bytes()[:-1] + b"?")
    assert source_digest(package) != before


def test_bytecode_and_embedded_models_do_not_count(package: Path) -> None:
    before = source_digest(package)
    for name in ("face/__pycache__/photo.cpython-311.pyc", "models/other/weights.safetensors"):
        (package / name).parent.mkdir(parents=True)
        (package / name).write_bytes(b"bytes")
    assert source_digest(package) == before


def test_the_copy_of_a_package_has_the_same_digest(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "elsewhere")
    assert source_digest(tmp_path / "elsewhere") == source_digest(PACKAGE)


def test_the_model_and_the_settings_count(models_dir: Path) -> None:
    model = load_model(models_dir / "tiny")
    changed = [
        run_fingerprint(model, None),
        run_fingerprint(model, Path("/cascades")),
        run_fingerprint(replace(model, names=model.names[::-1]), None),
        run_fingerprint(replace(model, checksum=tiny.checksum("0" * 64)), None),
        run_fingerprint(replace(model, gallery_checksum="0" * 64), None),
    ]
    assert len(set(changed)) == len(changed)
    assert run_fingerprint(load_model(models_dir / "tiny"), None) == changed[0]


def test_people_do_not_count_where_records_do_not_depend_on_them(models_dir: Path) -> None:
    model = load_model(models_dir / "tiny")
    others = replace(model, names=model.names[::-1], gallery_checksum="0" * 64)
    assert run_fingerprint(others, None, people=False) == run_fingerprint(model, None, people=False)
