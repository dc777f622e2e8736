"""`import brain` as its users do."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import brain
from brain.core.settings import REPOSITORY
from brain.pipeline.library import load_explainer
from brain.recognition.pairs import PAIRS, PairCalibration
from tests import pictures, tiny

EXAMPLES = re.findall(
    r"```python\n(.*?)```", (REPOSITORY / "docs" / "library.md").read_text(encoding="utf-8"), re.DOTALL
)


@pytest.fixture(autouse=True)
def surroundings(tiny_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_PEOPLE", str(tmp_path / "people"))


@pytest.fixture
def photo(tmp_path: Path, astronaut_jpeg: bytes) -> Path:
    (tmp_path / "photo.jpg").write_bytes(astronaut_jpeg)
    return tmp_path / "photo.jpg"


def same(first: brain.Explanation, second: brain.Explanation) -> bool:
    """Whether two explanations say the same; times, ids and file names may differ."""
    fields = {"identity", "candidates", "features", "explanation", "face"}
    return first.result.model_dump(include=fields) == second.result.model_dump(include=fields)


def run(code: str, temporary: Path, browser: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own; `browser` is the command that opens pages."""
    paths = os.pathsep.join(sys.path)
    environment = {**os.environ, "BROWSER": browser, "PYTHONPATH": paths, "TMPDIR": str(temporary)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


def test_the_attributes_are_the_results(photo: Path) -> None:
    explanation = brain.explain(photo)
    result = explanation.result
    assert result.identity is not None
    assert result.explanation is not None
    assert explanation.name == result.identity.name
    assert explanation.probability == result.identity.probability
    assert explanation.verdict == result.identity.verdict
    assert explanation.certainty == result.identity.certainty
    assert explanation.candidates == result.candidates
    assert explanation.reasons == result.explanation.reasons
    assert explanation.sentences == result.explanation.sentences
    assert result.source.key == "photo.jpg"


def test_a_path_its_bytes_and_its_pixels_are_explained_alike(photo: Path) -> None:
    expected = brain.explain(str(photo))
    with Image.open(photo) as image:
        pixels = np.asarray(image.convert("RGB"))
        variants = [
            photo,
            photo.read_bytes(),
            pixels,
            image,
            np.dstack([pixels, np.full_like(pixels[:, :, :1], 255)]),
        ]
        assert all(same(brain.explain(variant), expected) for variant in variants)  # type: ignore[arg-type]


def test_a_grey_array_is_explained_like_its_grey_copy(astronaut: np.ndarray) -> None:
    grey = np.asarray(pictures.to_image(astronaut).convert("L"))
    assert same(brain.explain(grey), brain.explain(np.dstack([grey] * 3)))
    assert same(brain.explain(grey[:, :, None]), brain.explain(grey))


def test_the_channel_order_of_arrays_is_rgb(astronaut: np.ndarray) -> None:
    explained = brain.explain(astronaut[:, :, ::-1]).image("cropped")
    # The astronaut's suit and skin have more red than blue.
    assert explained[:, :, 0].mean() > explained[:, :, 2].mean() + 10


def test_the_orientation_of_a_pillow_image_is_applied(astronaut: np.ndarray) -> None:
    turned = Image.open(io.BytesIO(pictures.with_orientation(astronaut, 6, "PNG")))
    assert same(brain.explain(turned), brain.explain(astronaut[:, :, ::-1]))


@pytest.mark.parametrize(
    ("photo", "error"),
    [
        (None, TypeError),
        (7, TypeError),
        ([[0]], TypeError),
        (np.zeros((64, 64, 3)), ValueError),
        (np.zeros((64, 64, 2), np.uint8), ValueError),
        (np.zeros(64, np.uint8), ValueError),
        (np.zeros((0, 0, 3), np.uint8), ValueError),
    ],
)
def test_what_is_no_photo_is_refused(photo: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        brain.explain(photo)  # type: ignore[arg-type]


@pytest.mark.parametrize(("photo", "reason"), [("nowhere.jpg", "no-such-file"), (".", "no-such-file")])
def test_a_path_that_cannot_be_read_is_error_1(photo: str, reason: str) -> None:
    with pytest.raises(brain.BrainError) as raised:
        brain.explain(photo)
    assert (raised.value.code, raised.value.reason) == (1, reason)


def test_an_absent_model_names_the_variable(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_MODEL", "nobody")
    with pytest.raises(brain.BrainError, match="forward pass") as raised:
        brain.explain(photo)
    assert "BRAIN_MODELS" in raised.value.hint


def test_threads_get_the_answers_of_one(photo: Path) -> None:
    expected = brain.explain(photo)
    load_explainer.cache_clear()
    with ThreadPoolExecutor(4) as threads:
        assert all(same(found, expected) for found in threads.map(brain.explain, [photo] * 8))
    assert load_explainer.cache_info().misses == 1


def test_pictures_are_decoded_by_role(photo: Path) -> None:
    explanation = brain.explain(photo)
    size = explanation.image("cropped").shape[0]
    for role in explanation.result.artifacts:
        grey = role in ("gc_map", "evidence")
        assert explanation.image(role).shape == ((size, size) if grey else (size, size, 3))
    with pytest.raises(KeyError):
        explanation.image("portrait")


def test_saving_replaces_an_earlier_explanation_and_nothing_else(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    explanation = brain.explain(photo)
    assert explanation.save(out) == out
    for name in ("gc_map_99.png", "blended_99.jpg"):
        (out / name).write_bytes(b"of an earlier run")
    (out / "notes.txt").write_text("mine")
    explanation.save(str(out))
    expected = {"result.json", "notes.txt", *explanation.result.artifacts.values()}
    assert {path.name for path in out.iterdir()} == expected
    stored = brain.Result.model_validate_json((out / "result.json").read_text(encoding="utf-8"))
    assert stored == explanation.result


def test_saving_spares_pictures_that_no_explanation_left(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "heat_map_1.png").write_bytes(b"mine")
    brain.explain(photo).save(tmp_path)
    assert (tmp_path / "heat_map_1.png").read_bytes() == b"mine"


def test_the_html_is_self_contained_and_escaped(photo: Path) -> None:
    explanation = brain.explain(photo)
    assert explanation.result.identity is not None
    evil = explanation.result.identity.model_copy(update={"name": "<script>alert(1)</script>"})
    html = brain.Explanation(
        explanation.result.model_copy(update={"identity": evil}), explanation.files
    )._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", html)
    assert html.count("<img") == 3


def test_showing_opens_the_html_in_the_browser(photo: Path, tmp_path: Path) -> None:
    code = "import brain; brain.explain('photo.jpg').show()"
    browser = f"{sys.executable} -c \"import sys; print('opened', sys.argv[1])\" %s"
    environment = {
        **os.environ,
        "BROWSER": browser,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TMPDIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "opened file://" in done.stdout
    (page,) = tmp_path.glob("brain-*.html")
    assert "data:image/jpeg;base64," in page.read_text(encoding="utf-8")


def test_the_front_door_lists_and_finds_its_names() -> None:
    assert set(brain.__all__) <= set(dir(brain))
    assert all(getattr(brain, name).__name__ == name for name in brain.__all__)
    with pytest.raises(AttributeError, match="no attribute 'portrait'"):
        _ = brain.portrait


def test_the_examples_of_the_documentation_run(photo: Path, tmp_path: Path) -> None:
    """In a process of their own, one after the other, as a reader would paste them."""
    (tmp_path / "other.jpg").write_bytes(photo.read_bytes())
    folder = tmp_path / "models" / "resnet"
    tiny.write_resnet(folder, tiny.random_resnet(), tiny.gallery())
    PairCalibration(slope=150.0, intercept=-136.0, source="made up").save(folder / PAIRS)
    code = "\n".join(EXAMPLES)
    environment = {
        **os.environ,
        "BRAIN_MODEL": "resnet",
        "BROWSER": "true",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TMPDIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "1 not-an-image" in done.stdout
    assert (tmp_path / "explained" / "result.json").is_file()
