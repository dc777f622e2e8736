"""Maps of compared photos against CorrRISE and maps that know nothing, and a planted patch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from brain.commands.cli import main
from brain.core.geometry import Rectangle
from brain.evaluation.corrrise import corrrise
from brain.evaluation.journal import Record
from brain.evaluation.pair_explanation_evaluator import deletion_insertion
from brain.evaluation.pair_explanation_metrics import MAPS, pair_explanation_metrics
from brain.evaluation.pair_explanation_run import chosen
from brain.evaluation.pairs import Pair
from brain.evaluation.planted_patch import is_found, with_patch
from brain.explanation.view import FaceView
from brain.recognition.pairs import PAIRS, PairCalibration
from tests import tiny
from tests.predictions import GREEN, GREY, RED

SIZE = 40


def loses_with(box: slice) -> Callable[[np.ndarray], np.ndarray]:
    """A similarity that is lost as far as a square of the photo is blurred out."""
    return lambda masks: 1 - masks[:, box, box].mean((1, 2))


def square(box: slice) -> np.ndarray:
    heat = np.zeros((SIZE, SIZE), np.float32)
    heat[box, box] = 1
    return heat


def test_corrrise_finds_what_the_similarity_depends_on() -> None:
    heat = corrrise(loses_with(slice(20, 30)), SIZE)
    assert heat.shape == (SIZE, SIZE)
    assert np.abs(heat).max() <= 1
    y, x = np.unravel_index(heat.argmax(), heat.shape)
    assert 18 <= y < 32
    assert 18 <= x < 32


def test_corrrise_of_a_similarity_that_never_changes_is_zero() -> None:
    assert not corrrise(lambda masks: np.full(len(masks), 0.5), SIZE).any()


def test_the_right_map_deletes_and_inserts_better_than_a_wrong_one() -> None:
    right, wrong = slice(10, 20), slice(25, 35)
    noise = np.random.default_rng(0).standard_normal((SIZE, SIZE)).astype(np.float32)
    found = deletion_insertion(loses_with(right), {"right": square(right), "wrong": square(wrong)}, noise)
    assert found["right"][0] < 0.1 < 0.4 < found["wrong"][0]
    assert found["right"][1] > 0.9 > found["wrong"][1]


def view(value: int, side: int) -> FaceView:
    field = Rectangle(10, 10, side, side)
    return FaceView(np.full((side + 20, side + 20, 3), value, np.uint8), field, field, np.zeros((5, 2)))


def test_the_patch_comes_from_the_same_place_of_the_other_face() -> None:
    photo, donor = view(10, 90), view(200, 60)
    donor.crop[:, 40:] = 100
    patched, patch = with_patch(photo, donor, np.random.default_rng(0))
    changed = np.argwhere(patched.pixels[..., 0] != 10)
    (top, left), (bottom, right) = changed.min(0), changed.max(0) + 1
    assert (left, top) == (round(patch.x * 90), round(patch.y * 90))
    assert (right - left, bottom - top) == (30, 30)
    assert set(np.unique(patched.pixels)) <= {10, *range(100, 201)}
    assert (photo.crop == 10).all()


@pytest.mark.parametrize(("x", "y", "found"), [(20, 20, True), (11, 20, False), (20, 31, False)])
def test_a_patch_is_found_where_the_map_has_its_maximum_in_it(x: int, y: int, found: bool) -> None:
    heat = np.zeros((SIZE, SIZE), np.uint8)
    heat[y, x] = 1
    assert is_found(heat, Rectangle(0.3, 0.3, 0.3, 0.3)) is found


def test_each_pair_of_one_person_has_somebody_elses_photo() -> None:
    def photo(name: str) -> Path:
        return Path(name) / "1.jpg"

    pairs = [Pair(photo("Ada"), photo("Ada"), True, 0)] * 3 + [
        Pair(photo("Ada"), photo("Alan"), False, 0)
    ] * 3
    found = chosen(pairs, 2)
    assert [pair.same for pair in found] == [True, True, False, False]
    assert [pair.donor for pair in found] == [photo("Alan"), photo("Alan"), None, None]


def test_metrics_are_means_over_the_pairs_with_faces() -> None:
    areas = {name: [0.1, 0.9] for name in MAPS}
    records: list[Record] = [
        {"same": True, "passes": 50, "areas": areas, "planted": {"found": True, "share": 0.1}},
        {
            "same": True,
            "passes": 54,
            "areas": areas | {"map": [0.3, 0.7]},
            "planted": {"found": False, "share": 0.1},
        },
        {"same": False, "passes": 52, "areas": areas},
        {"problem": "no-face"},
    ]
    found = pair_explanation_metrics(records)
    assert (found.same, found.different, found.without_face, found.planted) == (2, 1, 1, 2)
    assert found.areas["same"]["map"] == pytest.approx((0.2, 0.8))
    assert found.areas["different"]["map"] == pytest.approx((0.1, 0.9))
    assert found.areas["all"]["map"] == pytest.approx((1.3 / 3, 1.7 / 3))
    assert (found.found, found.passes) == (0.5, 26)
    assert found.patch_share == pytest.approx(0.1)


def test_gains_are_paired_differences_with_their_standard_error() -> None:
    equal = {name: [0.3, 0.7] for name in MAPS}
    records: list[Record] = [
        {"same": True, "passes": 50, "areas": equal | {"map": [0.2, 0.7]}},
        {"same": True, "passes": 50, "areas": equal | {"map": [0.4, 0.8]}},
        {"same": False, "passes": 50, "areas": equal | {"map": [0.5, 0.6]}},
    ]
    found = pair_explanation_metrics(records).gains
    deletion, insertion = found["same"]["corrrise"]
    assert (deletion.mean, deletion.standard_error) == pytest.approx((0.0, 0.1))
    assert (insertion.mean, insertion.standard_error) == pytest.approx((0.05, 0.05))
    deletion, insertion = found["different"]["corrrise"]
    assert (deletion.mean, deletion.standard_error) == pytest.approx((0.2, 0.0))
    assert insertion.mean == pytest.approx(0.1)
    assert found["all"]["random"][0].mean == pytest.approx(0.2 / 3)


@pytest.fixture
def folder(
    tmp_path: Path, tinted: Callable[[Sequence[float]], bytes], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A model that can compare, and photos of two people with a list of pairs."""
    model = tmp_path / "models" / "resnet"
    tiny.write_resnet(model, tiny.random_resnet(), tiny.gallery())
    PairCalibration(slope=150.0, intercept=-136.0, source="made up").save(model / PAIRS)
    for name, number, colour in (("Ada", 1, RED), ("Ada", 2, GREY), ("Alan", 1, GREEN), ("Alan", 2, GREY)):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / f"{name}_{number:04}.jpg").write_bytes(tinted(colour))
    lines = ["2\t1", "Ada\t1\t2", "Ada\t1\tAlan\t1", "Alan\t1\t2", "Ada\t2\tAlan\t2"]
    (tmp_path / "pairs.txt").write_text("\n".join(lines), encoding="utf-8")
    (model / "MODEL_CARD.md").write_text("<!-- pair_explanations -->\n<!-- end of pair_explanations -->\n")
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("BRAIN_MODEL", "resnet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_writes_a_report_and_the_card(folder: Path) -> None:
    words = ["evaluate", "--pairs", "pairs.txt", "--pairs-photos", ".", "--explanations", "--limit", "1"]
    assert main([*words, "--processes", "1", "--out", "out", "--card"]) == 0
    document = json.loads(Path("out/pair_explanations.json").read_text(encoding="utf-8"))
    assert (document["same"], document["different"], document["planted"]) == (1, 1, 1)
    assert document["patch_share"] == pytest.approx(1 / 9, abs=0.01)
    assert document["passes"] <= document["corrrise_passes"] / 10
    for own in document["areas"].values():
        assert own["inverted"] == own["map"][::-1]
    card = (folder / "models" / "resnet" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert card.count("| CorrRISE |") == 2
    assert "of them. The square covers 11.0 %" in card
    assert "1 pairs of one person and 1 of two." in card
    assert (folder / "models" / "resnet" / "pair_explanations.json").exists()


def test_photos_and_pairs_are_measured_separately(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--pairs", "pairs.txt", "--explanations", "."]) == 64
    assert "measured separately" in capsys.readouterr().err
