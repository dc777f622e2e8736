"""The name does not depend on the number format in which the tests are computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from brain.core.errors import NamesMissing
from brain.recognition import classifier as classifiers
from brain.recognition.model import load_model, nearly_tied
from brain.recognition.vgg import VGGFace
from tests import tiny

CROP = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes any network count as a large one."""
    monkeypatch.setattr(classifiers, "SMALL", 0)


def stored(folder: Path, network: VGGFace, dtype: torch.dtype) -> Path:
    """A model's folder with weights in a number format."""
    tiny.write_model(folder / "stored", network, dtype=dtype)
    return folder / "stored"


def with_two_alike(apart: float) -> VGGFace:
    """A network whose best logit for `CROP` is far ahead of all but a twin, which is this much lower."""
    network = tiny.random_network()
    logits = network.forward_with_activations(CROP).logits
    label = int(logits.argmax())
    network.fc8.bias[label] += 5 * logits.std()
    twin = (label + 1) % network.config.identities
    network.fc8.weight[twin] = network.fc8.weight[label]
    network.fc8.bias[twin] = network.fc8.bias[label] - apart
    return network


def test_a_stored_network_answers_as_it_did(models_dir: Path, network: VGGFace) -> None:
    x = torch.randn(2, 3, 28, 28)
    loaded = load_model(models_dir / "tiny")
    torch.testing.assert_close(loaded.network(x), network(x))
    assert loaded.names == tiny.NAMES
    assert len(loaded.sha256) == 64


def test_the_checksum_is_that_of_the_weights_file(models_dir: Path) -> None:
    data = (models_dir / "tiny" / "weights.safetensors").read_bytes()
    assert load_model(models_dir / "tiny").sha256 == hashlib.sha256(data).hexdigest()


def test_missing_names_are_error_5(make_model: Callable[[VGGFace], Path], network: VGGFace) -> None:
    folder = make_model(network)
    (folder / "names.txt").unlink()
    with pytest.raises(NamesMissing) as error:
        load_model(folder)
    assert error.value.message == "ERROR: could not load names.txt file"


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_a_small_network_looks_in_float32_and_is_tested_in_bfloat16(
    tmp_path: Path, network: VGGFace, dtype: torch.dtype
) -> None:
    folder = stored(tmp_path, network, dtype)
    model = load_model(folder, "bfloat16")
    assert model.network.dtype is torch.bfloat16
    classifier, seen = model.forward_with_activations(CROP)
    assert classifier.dtype is torch.float32
    assert torch.equal(seen.logits, load_model(folder).network.forward_with_activations(CROP).logits)


def test_what_computes_in_float32_looks_itself(tmp_path: Path, network: VGGFace) -> None:
    model = load_model(stored(tmp_path, network, torch.float32))
    assert model.forward_with_activations(CROP)[0] is model.network


def test_weights_that_are_rounded_already_have_no_more_to_tell(tmp_path: Path, network: VGGFace) -> None:
    model = load_model(stored(tmp_path, network, torch.bfloat16), "bfloat16")
    assert model.forward_with_activations(CROP)[0] is model.network


@pytest.mark.usefixtures("large")
def test_a_large_network_that_is_sure_looks_once(tmp_path: Path) -> None:
    model = load_model(stored(tmp_path, with_two_alike(10.0), torch.float32), "bfloat16")
    assert model.forward_with_activations(CROP)[0] is model.network


@pytest.mark.usefixtures("large")
def test_a_large_network_looks_again_where_rounding_would_decide(tmp_path: Path) -> None:
    network = with_two_alike(0.001)
    model = load_model(stored(tmp_path, network, torch.float32), "bfloat16")
    classifier, seen = model.forward_with_activations(CROP)
    assert classifier.dtype is torch.float32
    assert seen.logits.argmax() == network.forward_with_activations(CROP).logits.argmax()


@pytest.mark.usefixtures("large")
def test_a_large_network_is_not_widened_in_memory(tmp_path: Path, network: VGGFace) -> None:
    assert load_model(stored(tmp_path, network, torch.float16), "bfloat16").exact is None


@pytest.mark.parametrize(
    ("logits", "tied"),
    [([0.0, 9.0, 8.99, 1.0], True), ([0.0, 9.0, 7.0, 1.0], False), ([3.0], False), ([2.0, 2.0], True)],
)
def test_a_near_tie_is_told_by_the_logits_own_spread(logits: list[float], tied: bool) -> None:
    assert nearly_tied(torch.tensor(logits)) is tied
    assert nearly_tied(torch.tensor(logits) * 1000) is tied
