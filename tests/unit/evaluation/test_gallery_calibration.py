"""What is fitted to descriptors, where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.core.errors import RefusedError
from brain.evaluation.gallery_calibration import fit, leave_one_out, pairs_of
from brain.evaluation.logistic import fit_logistic, logistic
from brain.recognition.certainty import isolation_of, open_set_log_odds
from brain.recognition.config import OpenSetCalibration
from brain.recognition.gallery import Gallery, mean_descriptor
from brain.recognition.loading import gallery_tensors
from brain.recognition.resnet import DESCRIPTOR
from tests import tiny


def unit(rows: np.ndarray) -> np.ndarray:
    scaled: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return scaled


def people(
    count: int, photos: int, spread: float, seed: int = 0, dimensions: int = 32
) -> dict[str, np.ndarray]:
    """Descriptors of length 1 that scatter around each person's own direction."""
    random = np.random.default_rng(seed)
    found = {}
    for number in range(count):
        rows = random.standard_normal(dimensions) + spread * random.standard_normal((photos, dimensions))
        found[f"person {number}"] = unit(rows)
    return found


def test_a_photo_is_left_out_of_its_own_persons_mean() -> None:
    described = people(6, 2, 0.5)
    rows = leave_one_out(described, "cosine").likenesses
    assert rows.shape == (12, 6)
    first, second = described["person 0"]
    assert rows[0, 0] == pytest.approx(first @ second, abs=1e-6)
    squared = leave_one_out(described, "euclidean").likenesses
    np.testing.assert_allclose(squared, 2 * rows - 2, atol=1e-6)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_probabilities_mean_what_they_say(metric: str) -> None:
    described = people(60, 6, 1.1)
    fitted = fit(described, metric, "random numbers")  # type: ignore[arg-type]
    others = leave_one_out(people(60, 6, 1.1, seed=1), metric).likenesses  # type: ignore[arg-type]
    probabilities = torch.softmax(torch.from_numpy(others) * fitted.logit_scale, 1)
    right = probabilities.argmax(1) == 0
    share = float(right.float().mean())
    assert 0.3 < share < 0.99
    assert float(probabilities.max(1).values.mean()) == pytest.approx(share, abs=0.05)


def test_the_certainty_tells_known_people_from_others() -> None:
    fitted = fit(people(60, 6, 0.8), "cosine", "random numbers")
    others = leave_one_out(people(60, 6, 0.8, seed=1), "cosine")
    rows = torch.from_numpy(others.likenesses) * fitted.logit_scale
    known, unknown = (
        torch.sigmoid(open_set_log_odds(logits, fitted.open_set, isolation=torch.from_numpy(isolation)))
        for logits, isolation in zip((rows, rows[:, 1:]), fitted.logit_scale * others.isolation, strict=True)
    )
    assert (known > 0.5).float().mean() > 0.8
    assert (unknown > 0.5).float().mean() < 0.2
    assert fitted.open_set.cohort == 49
    assert fitted.people == 60
    assert fitted.photos == 360


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_isolation_is_measured_as_a_result_measures_it(metric: str) -> None:
    described = people(len(tiny.NAMES), 2, 0.9, dimensions=DESCRIPTOR)
    left_out = leave_one_out(described, metric)  # type: ignore[arg-type]
    means = np.stack([mean_descriptor(rows) for rows in described.values()])
    means[0] = described["person 0"][1]  # what is left of the person without the first photo
    gallery = Gallery(tiny.NAMES, means, np.ones(len(means), np.int32), "random numbers", "ab" * 32)
    open_set = OpenSetCalibration(0.0, 0.0, 0.0, left_out.cohort, isolation=1.0)
    network = tiny.random_resnet(open_set=open_set, metric=metric, logit_scale=1.0)
    network.load_state_dict({**network.state_dict(), **gallery_tensors(gallery, network.config)})
    for way, without in enumerate((None, 0)):
        logits = left_out.likenesses[0, way:]
        best = torch.tensor([int(logits.argmax()) + way])
        measured = isolation_of(best, network, without=without)
        assert left_out.isolation[way, 0] == pytest.approx(float(measured[0]), abs=1e-5)


def test_people_who_are_like_many_others_are_less_certain() -> None:
    random = np.random.default_rng(2)
    crowd = random.standard_normal(32)
    described = {}
    for number in range(120):
        own = random.standard_normal(32) + (1.5 * crowd if number % 2 else 0)
        rows = own + 1.3 * random.standard_normal((4, 32))
        described[f"person {number}"] = unit(rows)
    assert fit(described, "cosine", "").open_set.isolation > 0


def test_a_small_gallery_has_a_small_cohort() -> None:
    assert fit(people(6, 3, 0.5), "cosine", "").open_set.cohort == 4


def test_pairs_are_as_many_of_two_people_as_of_one() -> None:
    described = people(6, 8, 0.3)
    similarities, same = pairs_of(described)
    assert len(same) == 2 * 6 * 10
    assert same.sum() == 60
    assert similarities[same].min() > similarities[~same].max()
    np.testing.assert_array_equal(pairs_of(described)[0], similarities)


def test_too_few_people_are_refused() -> None:
    described = {**people(4, 3, 0.5), **{f"once {n}": np.ones((1, 32), np.float32) for n in range(9)}}
    with pytest.raises(RefusedError, match="4 people have two photos"):
        fit(described, "cosine", "")


def test_a_logistic_function_is_found_again() -> None:
    random = np.random.default_rng(0)
    inputs = random.standard_normal((20000, 2)) * [3.0, 0.2] + [5.0, -1.0]
    positive = random.random(20000) < logistic(inputs @ [0.7, -4.0] - 7.5)
    coefficients, intercept = fit_logistic(inputs, positive)
    np.testing.assert_allclose(coefficients, [0.7, -4.0], rtol=0.08)
    assert intercept == pytest.approx(-7.5, rel=0.08)


def test_classes_that_are_apart_have_a_finite_solution() -> None:
    coefficients, intercept = fit_logistic(np.arange(10.0)[:, None], np.arange(10) > 4)
    assert np.isfinite([*coefficients, intercept]).all()
    assert 0.3 < coefficients[0] < 10
