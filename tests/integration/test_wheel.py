"""The wheel works where the repository is not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from brain.core.settings import REPOSITORY, Settings

SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE")
EXPLAIN = """
import json, sys, brain
explanation = brain.explain(sys.argv[1])
print(json.dumps([brain.__file__, explanation.name, explanation.probability, explanation.sentences]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the checkout, since setuptools leaves its `build` folder behind."""
    checkout, out = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("dist")
    for name in SOURCES:
        shutil.copy(REPOSITORY / name, checkout)
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(REPOSITORY / "layers", checkout / "layers", ignore=ignore)
    shutil.copytree(REPOSITORY / "models" / Settings.model, checkout / "models" / Settings.model)
    (checkout / "models" / "vgg-face").mkdir()
    (checkout / "models" / "vgg-face" / "weights.safetensors").write_bytes(b"for research only")
    pip(sys.executable, "wheel", str(checkout), "--no-deps", "--no-build-isolation", "--wheel-dir", str(out))
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, which borrows everything else from this one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin" / "python"


def pip(python: str, *arguments: str) -> None:
    subprocess.run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)


def run(python: Path, *arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {"OMP_NUM_THREADS": "1", **environment}
    return subprocess.run(
        [str(python), *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


@pytest.fixture
def photo(tmp_path: Path, astronaut_jpeg: bytes) -> Path:
    (tmp_path / "astronaut.jpg").write_bytes(astronaut_jpeg)
    return tmp_path / "astronaut.jpg"


def test_the_wheel_holds_the_package_and_the_embedded_model_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    model = REPOSITORY / "models" / Settings.model
    assert {f"brain/models/{model.name}/{path.name}" for path in model.iterdir()} <= names
    package = REPOSITORY / "layers" / "brain" / "python"
    files = (path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc")
    sources = {str(path.relative_to(package)) for path in files if "egg-info" not in str(path)}
    assert sources <= names
    assert {name.split("/")[0] for name in names} <= {"brain", wheel.name.split("-py3")[0] + ".dist-info"}
    assert not [name for name in names if "vgg-face" in name]


def test_the_library_explains_a_photo(python: Path, photo: Path, tmp_path: Path) -> None:
    done = run(python, "-c", EXPLAIN, photo.name, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    file, name, probability, sentences = json.loads(done.stdout)
    assert Path(file).is_relative_to(python.parents[1])
    assert name
    assert 0 < probability <= 1
    assert sentences


def test_the_command_line_explains_a_photo(python: Path, photo: Path, tmp_path: Path) -> None:
    done = run(python, "-m", "brain", "explain", photo.name, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "astronaut_explained" / "result.json").is_file()


def test_an_absent_model_is_a_clear_error(python: Path, photo: Path, tmp_path: Path) -> None:
    done = run(python, "-m", "brain", "explain", photo.name, folder=tmp_path, BRAIN_MODELS="nowhere")
    assert done.returncode == 4
    assert "BRAIN_MODELS" in done.stderr
