"""Every face of a group photo, as a library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import brain
from brain.pipeline.every_face import explain_every_face, label
from brain.pipeline.library import load_explainer
from tests import pictures


@pytest.fixture(autouse=True)
def surroundings(tiny_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_CHECK", "off")


@pytest.fixture(scope="session")
def group(astronaut: np.ndarray) -> np.ndarray:
    """(512, 1024, 3) uint8 BGR: the astronaut, and mirrored beside herself."""
    return np.hstack([astronaut, astronaut[:, ::-1]])


def test_every_face_is_explained(group: np.ndarray) -> None:
    faces = brain.explain_faces(pictures.jpeg(group))

    assert len(faces) == 2
    assert [each.result.face.index for each in faces] == [0, 1]  # type: ignore[union-attr]
    for index, explained in enumerate(faces):
        alone = brain.explain(pictures.jpeg(group), face=index)
        assert explained.result.identity == alone.result.identity
        assert explained.result.face == alone.result.face
    assert faces.image().shape == group.shape


def test_a_group_photo_is_decoded_and_searched_for_faces_once(group: np.ndarray) -> None:
    stages: list[str] = []
    explainer = load_explainer(brain.Settings.from_environment())
    faces = explain_every_face(explainer, pictures.jpeg(group), None, stages.append)

    assert [stages.count(stage) for stage in ("decode", "face", "classify")] == [1, 1, len(faces)]
    alone = brain.explain(pictures.jpeg(group))
    assert all(list(each.result.timings) == list(alone.result.timings) for each in faces)


def test_the_overview_marks_every_face(group: np.ndarray) -> None:
    faces = brain.explain_faces(group[:, :, ::-1])

    drawn = np.abs(faces.image().astype(int) - group[:, :, ::-1]).max(2) > 25
    for each in faces:
        box = each.result.face.box  # type: ignore[union-attr]
        assert drawn[box.y - 3 : box.y + 3, box.x : box.x + box.width].any(0).mean() > 0.9


def test_labels_say_how_certain_the_name_is(group: np.ndarray) -> None:
    result = brain.explain(group[:, :, ::-1]).result
    assert result.identity is not None

    def labelled(verdict: str) -> str:
        identity = result.identity.model_copy(update={"name": "Ada", "verdict": verdict})  # type: ignore[union-attr]
        return label(result.model_copy(update={"identity": identity}))

    assert labelled("strong") == "0  Ada"
    assert labelled("weak") == "0  Ada?"
    assert labelled("nobody") == "0  nobody it knows"


def test_saving_replaces_what_another_run_left(group: np.ndarray, tmp_path: Path) -> None:
    out = tmp_path / "out"
    faces = brain.explain_faces(group[:, :, ::-1])
    faces[1].save(out)
    faces.save(out)
    assert sorted(path.name for path in out.iterdir()) == ["face-0", "face-1", "overview.jpg"]

    (out / "face-1" / "notes.txt").write_text("mine")
    faces[0].save(out)
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == ["face-1"]
    assert [path.name for path in (out / "face-1").iterdir()] == ["notes.txt"]
    assert (out / "result.json").is_file()
    assert not (out / "overview.jpg").exists()


def test_without_a_face_it_is_error_3() -> None:
    blank = pictures.jpeg(np.full((300, 400, 3), 128, np.uint8))
    with pytest.raises(brain.BrainError) as raised:
        explain_every_face(load_explainer(brain.Settings.from_environment()), blank, None)
    assert raised.value.code == 3
