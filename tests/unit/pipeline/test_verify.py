"""`brain verify`: a result as it was written holds; a changed one does not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brain.commands.cli import main
from brain.core.settings import REPOSITORY
from brain.pipeline.verify import compare
from tests import pictures

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def written(astronaut_jpeg: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `brain explain` writes about the astronaut, with dlib-resnet."""
    folder = tmp_path_factory.mktemp("verify")
    (folder / "astronaut.jpg").write_bytes(astronaut_jpeg)
    models = str(REPOSITORY / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRAIN_MODELS", models)
        patch.setenv("BRAIN_EXTRA_CASCADES", str(folder / "none"))
        out = folder / "out"
        assert (
            main(["explain", str(folder / "astronaut.jpg"), "--model", "dlib-resnet", "--out", str(out)]) == 0
        )
    return out


@pytest.fixture
def stored(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that may be spoiled."""
    monkeypatch.setenv("BRAIN_EXTRA_CASCADES", str(tmp_path / "none"))
    return Path(shutil.copytree(written, tmp_path / "stored"))


def change(folder: Path, how: Change) -> None:
    path = folder / "result.json"
    result = json.loads(path.read_text(encoding="utf-8"))
    how(result)
    path.write_text(json.dumps(result), encoding="utf-8")


def test_a_result_is_what_its_crop_and_the_network_say(
    stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(stored)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("All ")
    assert int(printed.split()[1]) > 300


CHANGES: dict[str, Change] = {
    "identity.probability": lambda r: r["identity"].update(probability=0.5),
    "candidates[1].name": lambda r: r["candidates"][1].update(name="Alan Turing"),
    "candidates[2].evidence.data": lambda r: r["candidates"][2].update(
        evidence=r["candidates"][0]["evidence"]
    ),
    "candidates[0].signed.scale": lambda r: r["candidates"][0]["signed"].update(scale=9.0),
    "features[0].effect.logit": lambda r: r["features"][0]["effect"].update(logit=9.0),
    "features[2].score": lambda r: r["features"][2].update(score=0.99),
    "explanation.fidelity.evidence.deletion": lambda r: r["explanation"]["fidelity"]["evidence"].update(
        deletion=0
    ),
    "explanation.outside": lambda r: r["explanation"].update(outside=0.01),
    "explanation.reasons": lambda r: r["explanation"].update(reasons=[]),
    "explanation.sentences[0]": lambda r: r["explanation"]["sentences"].__setitem__(0, "It is a cat."),
    "model.sha256": lambda r: r["model"].update(sha256="00"),
    "artifacts": lambda r: r["artifacts"].pop("evidence"),
}


def test_every_changed_value_is_found_and_no_other(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    features = json.loads((stored / "result.json").read_text(encoding="utf-8"))["features"]
    index = next(i for i, feature in enumerate(features) if feature["controls"])
    changes = {
        **CHANGES,
        f"features[{index}].controls[0].box.x": lambda r: r["features"][index]["controls"][0]["box"].update(
            x=1
        ),
    }
    for how in changes.values():
        change(stored, how)
    assert main(["verify", str(stored)]) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert sorted(line.partition(": stored ")[0] for line in lines) == sorted(changes)
    assert last.startswith(f"{len(changes)} of ")


def test_a_changed_picture_is_found(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (gc_map,) = stored.glob("gc_map_*.png")
    (heat_map,) = stored.glob("heat_map_*.png")
    gc_map.write_bytes(heat_map.read_bytes())
    assert main(["verify", str(stored)]) == 1
    assert capsys.readouterr().out.startswith(f"{gc_map.name}: stored a picture")


def test_another_crop_is_found(stored: Path, astronaut: Any, capsys: pytest.CaptureFixture[str]) -> None:
    (stored / "cropped.jpg").write_bytes(pictures.jpeg(astronaut[:224, :224]))
    assert main(["verify", str(stored)]) == 1
    assert "identity.probability" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda folder: (folder / "result.json").unlink(), "There is no result.json"),
        (lambda folder: (folder / "result.json").write_text("{}"), "is not a result"),
        (lambda folder: change(folder, lambda r: r.update(surprise=1)), "is not a result: surprise"),
        (lambda folder: (folder / "cropped.jpg").unlink(), "There is no crop"),
        (lambda folder: (folder / "cropped.jpg").write_bytes(b"words"), "There is no crop"),
        (lambda folder: (folder / "cropped.jpg").write_bytes(b""), "There is no crop"),
        (lambda folder: change(folder, lambda r: r.update(explanation=None)), "holds no explanation"),
    ],
)
def test_what_cannot_be_verified_is_said(
    stored: Path, spoil: Callable[[Path], object], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(stored)
    assert main(["verify", str(stored)]) == 1
    message, hint = capsys.readouterr().err.splitlines()
    assert complaint in message
    assert hint.startswith("  ")


def test_a_model_that_is_not_there_is_error_4(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_MODELS", str(stored))
    assert main(["verify", str(stored)]) == 4


def test_numbers_agree_to_within_rounding_only() -> None:
    assert list(compare("a", {"b": [0.5, 100.0]}, {"b": [0.501, 100.1]})) == [None, None]
    (difference,) = [
        difference for difference in compare("a", {"b": [0.5, 1]}, {"b": [0.51, 1]}) if difference
    ]
    assert (difference.where, difference.stored, difference.found) == ("a.b[0]", "0.5", "0.51")
    assert [difference.where for difference in compare("a", [1], [1, 2]) if difference] == ["a"]
