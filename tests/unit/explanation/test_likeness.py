"""Why two photos are alike, on a network whose likeness is planted."""

from __future__ import annotations

import numpy as np
import pytest

from brain.core.comparisons import ComparedPhoto, LikenessVerdict
from brain.core.explanations import Map
from brain.core.geometry import Rectangle
from brain.explanation.likeness import Likeness, compare_faces, judge
from tests import planted_pair
from tests.planted import GREEN, RED, Scene


@pytest.fixture(scope="module")
def scene(astronaut: np.ndarray) -> Scene:
    return Scene(astronaut)


def compare(scene: Scene, first: np.ndarray, second: np.ndarray) -> Likeness:
    network = planted_pair.network()
    faces = (planted_pair.face(scene, first, network), planted_pair.face(scene, second, network))
    return compare_faces(network, planted_pair.CALIBRATION, faces, threshold=0.5)


@pytest.fixture(scope="module")
def alike(scene: Scene) -> Likeness:
    """Both have a red mouth; the first photo has a green eye as well."""
    return compare(scene, scene.painted(mouth=RED, left_eye=GREEN), scene.painted(mouth=RED))


@pytest.fixture(scope="module")
def unlike(scene: Scene) -> Likeness:
    """Both have a red mouth, but most colour in the first photo is a green forehead."""
    return compare(scene, scene.painted(mouth=RED, forehead=GREEN), scene.painted(mouth=RED))


def peak(heat: Map, scene: Scene) -> tuple[float, float]:
    """The brightest place of a map of the whole crop, (x, y) in pixels of the crop."""
    values = heat.to_array()
    y, x = np.unravel_index(values.argmax(), values.shape)
    return (x + 0.5) * scene.size / heat.width, (y + 0.5) * scene.size / heat.height


def inside(point: tuple[float, float], box: Rectangle, margin: float = 4) -> bool:
    x, y = point
    return (
        box.x - margin <= x <= box.x + box.width + margin
        and box.y - margin <= y <= box.y + box.height + margin
    )


def effects(photo: ComparedPhoto) -> dict[str, float]:
    return {feature.name: feature.effect.probability for feature in photo.features if feature.effect}


def test_the_similarity_is_the_cosine_and_the_probability_its_calibration(alike: Likeness) -> None:
    assert 0 < alike.similarity < 1
    assert alike.probability == planted_pair.CALIBRATION.probability(alike.similarity)


def test_the_same_photo_is_alike_everywhere(scene: Scene) -> None:
    picture = scene.painted(mouth=RED)
    found = compare(scene, picture, picture)
    assert found.similarity == pytest.approx(1)
    assert found.photos[0] == found.photos[1]
    assert not any(photo.reasons_against for photo in found.photos)


def test_what_both_have_makes_them_alike(alike: Likeness, scene: Scene) -> None:
    for photo in alike.photos:
        assert inside(peak(photo.evidence, scene), scene.box("mouth"))
        assert photo.reasons[0].features in (["mouth"], ["smile"])
        assert photo.reasons[0].before == pytest.approx(alike.probability, abs=1e-4)
        assert photo.reasons[0].after < photo.reasons[0].before
        assert effects(photo)["mouth"] > 0


def test_what_only_one_has_speaks_against_it(alike: Likeness, scene: Scene) -> None:
    first, second = alike.photos
    assert inside(peak(first.against, scene), scene.box("left eye"))
    assert effects(first)["left eye"] < 0
    assert inside(peak(second.against, scene), scene.box("left eye"))
    assert second.against.to_array().max() < first.against.to_array().max()


def test_without_anything_that_differs_the_map_against_it_is_empty(scene: Scene) -> None:
    picture = scene.painted(mouth=RED)
    assert all(photo.against.is_empty for photo in compare(scene, picture, picture).photos)


def test_reasons_against_are_found_where_the_likeness_can_rise(unlike: Likeness, scene: Scene) -> None:
    first, _ = unlike.photos
    assert unlike.probability < 0.12
    assert inside(peak(first.against, scene), scene.box("forehead"))
    (reason,) = first.reasons_against
    assert reason.features == ["forehead"]
    assert reason.before == pytest.approx(unlike.probability, abs=1e-4)
    assert reason.after > 0.5
    assert reason.effect.probability < reason.control.probability
    forehead = next(feature for feature in first.features if feature.name == "forehead")
    assert forehead.reason
    assert forehead.effect == reason.effect
    assert forehead.controls
    assert all(control.probability > reason.effect.probability for control in forehead.controls)


def test_reasons_for_are_not_looked_for_where_the_likeness_cannot_fall(unlike: Likeness) -> None:
    assert not any(photo.reasons for photo in unlike.photos)


def test_scores_follow_the_map_that_the_verdict_rests_on(alike: Likeness, unlike: Likeness) -> None:
    scores = {feature.name: feature.score for feature in alike.photos[0].features}
    assert scores["mouth"] > scores["left eye"]
    scores = {feature.name: feature.score for feature in unlike.photos[0].features}
    assert scores["forehead"] > scores["mouth"]


def test_both_maps_share_a_scale(alike: Likeness) -> None:
    for photo in alike.photos:
        assert max(photo.evidence.to_array().max(), photo.against.to_array().max()) == 255


def test_every_pass_is_counted(alike: Likeness) -> None:
    # In each photo six gradients, each a pass there and a quarter of one back, three quarters of a pass for
    # the sharp and for the blurred photo, and 21 windows.
    assert next(iter(alike.passes)) == "descriptor"
    assert alike.passes["cam"] == 2 * (6 * 1.25 + 2 * 0.75)
    assert alike.passes["evidence"] == 42


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [
        (1.0, LikenessVerdict.SAME),
        (0.95, LikenessVerdict.SAME),
        (0.94, LikenessVerdict.PROBABLY_SAME),
        (0.7, LikenessVerdict.PROBABLY_SAME),
        (0.69, LikenessVerdict.UNCLEAR),
        (0.31, LikenessVerdict.UNCLEAR),
        (0.29, LikenessVerdict.PROBABLY_DIFFERENT),
        (0.06, LikenessVerdict.PROBABLY_DIFFERENT),
        (0.04, LikenessVerdict.DIFFERENT),
        (0.0, LikenessVerdict.DIFFERENT),
    ],
)
def test_the_verdict_follows_the_probability(probability: float, verdict: LikenessVerdict) -> None:
    assert judge(probability) is verdict
