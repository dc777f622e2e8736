"""`brain compare`, and `brain verify` of its results."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from brain.commands.cli import main
from brain.core.results import Result
from brain.pipeline.library import load_explainer
from tests import tiny


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with `comparing`, which can compare photos."""
    folder = tmp_path_factory.mktemp("models")
    tiny.write_comparing(folder / "comparing", seed=0)
    return folder


@pytest.fixture
def shell(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs `brain` with the model `comparing` in a folder of its own."""
    monkeypatch.setenv("BRAIN_MODELS", str(models))
    monkeypatch.setenv("BRAIN_MODEL", "comparing")
    monkeypatch.setenv("BRAIN_EXTRA_CASCADES", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    load_explainer.cache_clear()
    return lambda *words: main([str(word) for word in words])


@pytest.fixture
def photos(astronaut_jpeg: bytes, dark_jpeg: bytes, tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "a.jpg").write_bytes(astronaut_jpeg)
    (tmp_path / "b.jpg").write_bytes(dark_jpeg)
    return Path("a.jpg"), Path("b.jpg")


def test_the_command_prints_the_sentences_and_writes_the_files(
    shell: Callable[..., int], photos: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell("compare", *photos) == 0
    out = Path("a_b_compared")
    result = Result.model_validate_json((out / "result.json").read_text(encoding="utf-8"))
    assert {path.name for path in out.iterdir()} == {"result.json", *result.artifacts.values()}
    printed = capsys.readouterr().out
    assert result.comparison is not None
    assert all(sentence in printed for sentence in result.comparison.sentences)


def test_json_is_the_stored_result(
    shell: Callable[..., int], photos: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell("compare", *photos, "--json", "--out", "out", "--language", "de") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(Path("out/result.json").read_text(encoding="utf-8"))
    assert printed["comparison"]["sentences"] == printed["comparison"]["translations"]["de"]


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("a.jpg", "absent.jpg"), 1, "absent.jpg"),
        (("absent.jpg", "b.jpg"), 1, "absent.jpg"),
        (("a.jpg", "b.jpg", "--other-face", "3"), 3, "[b.jpg]"),
        (("a.jpg", "b.jpg", "--face", "3"), 3, "[a.jpg]"),
        (("a.jpg", "b.jpg", "--out", "a.jpg"), 64, "a.jpg is a file."),
        (("a.jpg", "b.jpg", "--model", "none"), 4, "check torch file"),
    ],
)
def test_an_error_says_which_photo_it_is_about(
    shell: Callable[..., int],
    photos: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    status: int,
    message: str,
) -> None:
    assert shell("compare", *words) == status
    assert message in capsys.readouterr().err


def test_a_compared_result_can_be_verified(
    shell: Callable[..., int], photos: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell("compare", *photos, "--out", "out") == 0
    assert shell("verify", "out") == 0
    path = Path("out/result.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    document["comparison"]["similarity"] -= 0.1
    path.write_text(json.dumps(document), encoding="utf-8")
    capsys.readouterr()
    assert shell("verify", "out") == 1
    assert "comparison.similarity" in capsys.readouterr().out
