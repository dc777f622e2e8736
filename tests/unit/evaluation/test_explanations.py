"""`brain evaluate --explanations`, from the command line to its files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from brain.commands.cli import main
from brain.core.explanations import Effect
from brain.core.settings import Settings
from brain.evaluation.crops import read_face
from brain.evaluation.explanation_evaluator import JPEG_QUALITY
from brain.evaluation.explanation_metrics import explanation_metrics
from brain.evaluation.explanation_run import sample
from brain.evaluation.photos import LabelledPhoto
from brain.evaluation.sanity import cascading_randomization, rank_correlation
from brain.explanation.activation_maps import to_grey
from brain.explanation.effects import exceeds_controls
from brain.explanation.evidence import evidence_for
from brain.pipeline.face_location import FaceLocator
from brain.recognition.model import load_model
from brain.rendering import drawing
from tests import tiny


@pytest.fixture(autouse=True)
def surroundings(planted: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_MODELS", str(planted.models_dir))
    monkeypatch.setenv("BRAIN_EXTRA_CASCADES", str(tmp_path / "none"))
    monkeypatch.delenv("BRAIN_MODEL", raising=False)
    monkeypatch.chdir(tmp_path)


def evaluate(album: Path, *options: str) -> int:
    arguments = ["evaluate", "--explanations", "--model", "planted", "--processes", "1", "--out", "out"]
    return main([*arguments, *options, str(album)])


def test_explanations_are_tried_and_reported(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(album) == 0
    metrics = json.loads(Path("out/explanations.json").read_text(encoding="utf-8"))["sets"]["photos"]
    # Six photos of Ada and Alan; in one of Alan's there is no face, and the unknown person's is left out.
    assert (metrics["photos"], metrics["without_face"], metrics["randomized_photos"]) == (5, 1, 5)
    for deletion, insertion in metrics["areas"].values():
        assert 0 <= deletion <= 1
        assert 0 <= insertion <= 1
    assert metrics["areas"]["inverted"] == pytest.approx(metrics["areas"]["evidence"][::-1])
    # The planted network's evidence is zero over most of the crop; there, noise of the JPEG decides on ranks,
    # so the correlation is 0.87. The next test holds the default model's map to more.
    assert metrics["jpeg"]["mean"] > 0.85
    assert metrics["mirrored"]["mean"] > 0.95
    report = Path("out/explanations.md").read_text(encoding="utf-8")
    assert f"`brain evaluate --model planted --explanations {album}`" in report
    assert report in capsys.readouterr().out
    for name in ("fidelity_photos.png", "randomization_photos.png"):
        with Image.open(Path("out", name)) as picture:
            assert min(picture.size) > 400


def test_a_run_is_resumed(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(album, "--limit", "2") == 0
    first = Path("out/explanations.md").read_text(encoding="utf-8")
    capsys.readouterr()
    assert evaluate(album, "--limit", "2") == 0
    assert "2 of 2 photos were evaluated before." in capsys.readouterr().err
    assert Path("out/explanations.md").read_text(encoding="utf-8") == first


def test_a_limit_is_spread_over_all() -> None:
    photos = [LabelledPhoto(Path(str(number)), "somebody", number) for number in range(10)]
    assert [photo.label for photo in sample(photos, 3)] == [0, 3, 6]
    assert sample(photos, None) == sample(photos, 99) == photos


def test_the_default_models_map_of_a_face_is_stable(astronaut_jpeg: bytes, tmp_path: Path) -> None:
    settings = Settings()
    model = load_model(settings.models_dir / settings.model)
    (tmp_path / "astronaut.jpg").write_bytes(astronaut_jpeg)
    view = read_face(tmp_path / "astronaut.jpg", FaceLocator.load(settings, model.network.config))
    label = int(model.network.forward_with_activations(view.pixels).logits.argmax())

    def evidence(crop: np.ndarray) -> np.ndarray:
        return to_grey(evidence_for(model.network, replace(view, crop=crop), [label])[0])

    expected = evidence(view.crop)
    encoded = drawing.decode(drawing.encode(".jpg", view.crop, JPEG_QUALITY))
    mirrored = evidence(np.ascontiguousarray(view.crop[:, ::-1]))[:, ::-1]
    assert rank_correlation(expected, evidence(encoded)) > 0.97
    assert rank_correlation(expected, mirrored) > 0.95


def record(**changes: Any) -> dict[str, Any]:
    """A photo whose evidence map and first reason are better than everything else."""
    own, other = {"deletion": 0.1, "insertion": 0.9}, {"deletion": 0.3, "insertion": 0.5}
    return {
        "areas": {"evidence": own, **dict.fromkeys(("cam", "random", "inverted", "centre"), other)},
        "reason": ["nose"],
        "holds": True,
        "outside": 0.2,
        "seconds": 1.0,
        "passes": 60.0,
        **dict.fromkeys(("jpeg", "mirrored", "other_label"), 0.5),
        **changes,
    }


def test_beating_means_beating_every_baseline_in_both_metrics() -> None:
    close = {"deletion": 0.05, "insertion": 0.5}
    lost = record()
    lost["areas"] = {**lost["areas"], "centre": close}
    metrics = explanation_metrics([record(), record(), record(), lost, {"problem": "no-face"}])
    assert (metrics.win_rate.deletion, metrics.win_rate.insertion, metrics.win_rate.both) == (0.75, 1.0, 0.75)
    assert (metrics.photos, metrics.without_face) == (4, 1)


@pytest.mark.parametrize(
    ("controls", "expected"),
    [
        ([{"probability": 0.1, "logit": 1.0}], True),
        ([{"probability": 0.6, "logit": 1.0}], False),
        ([{"probability": 0.1, "logit": 1.0}, {"probability": 0.1, "logit": 4.0}], False),
        ([], False),
    ],
)
def test_a_reason_holds_only_against_every_control(controls: list[dict[str, float]], expected: bool) -> None:
    effect = Effect(probability=0.5, logit=3.0)
    assert exceeds_controls(effect, [Effect(**control) for control in controls]) is expected


def test_results_without_a_reason_count_as_unnamed() -> None:
    metrics = explanation_metrics([record(), record(reason=[], holds=False)])
    assert (metrics.reasons.named, metrics.reasons.holds) == (0.5, 1.0)


def test_rank_correlation_knows_order_only() -> None:
    ranks = np.array([[1.0, 2.0], [3.0, 9.0]])
    assert rank_correlation(ranks, ranks**3) == pytest.approx(1)
    assert rank_correlation(ranks, -ranks) == pytest.approx(-1)
    assert rank_correlation(ranks, np.zeros((2, 2))) == 0
    # By hand: ranks 1, 2, 3, 4 against 1.5, 1.5, 3, 4.
    assert rank_correlation(ranks, np.array([[1.0, 1.0], [2.0, 3.0]])) == pytest.approx(0.9486833)


def test_the_cascade_goes_from_the_last_layer_to_the_first_and_spares_the_original() -> None:
    network = tiny.random_network()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    reached = []
    for layer, changed in cascading_randomization(network):
        reached.append(layer)
        weights = changed.state_dict()
        for name in before:
            if not name.endswith("bias"):
                assert bool((weights[name] == before[name]).all()) is (name.partition(".")[0] not in reached)
    assert (reached[0], reached[-1], len(reached)) == ("fc8", "conv1_1", 6)
    assert all((tensor == before[name]).all() for name, tensor in network.state_dict().items())


def test_the_cascade_randomises_a_residual_network_stage_by_stage() -> None:
    network = tiny.random_resnet()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    reached = []
    for stage, changed in cascading_randomization(network):
        reached.append(stage)
        for name, tensor in changed.state_dict().items():
            if name.endswith("weight") and tensor.ndim > 1:
                assert bool((tensor == before[name]).all()) is (name.partition(".")[0] not in reached)
    assert reached == ["gallery", "embedding", "stage5", "stage4", "stage3", "stage2", "stage1", "stem"]
