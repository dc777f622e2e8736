"""Recognisers from ONNX files: what they answer, what is stored, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from brain.core.errors import ForwardPassFailed, RefusedError
from brain.importers import onnx_file, presets
from brain.importers.onnx_graph import convert
from brain.importers.onnx_import import OnnxOptions, import_onnx
from brain.recognition.gallery import GALLERY, Gallery
from brain.recognition.loading import load_classifier, load_without_people
from brain.recognition.onnx.network import ImportedNetwork
from tests import tiny
from tests.unit.importers import onnx_files
from tests.unit.importers.onnx_files import node, save, small, weights
from tests.unit.importers.onnx_imports import ARCFACE, bring, tensors_of_small


def descriptors(network: ImportedNetwork, x: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return network.describe(network.forward_features(x))


@pytest.mark.parametrize("batch", [True, False])
@pytest.mark.parametrize("build", [onnx_files.iresnet18, onnx_files.mobilefacenet])
def test_a_network_answers_as_it_did_in_torch(tmp_path: Path, build: object, batch: bool) -> None:
    network = build()  # type: ignore[operator]
    path = onnx_files.export(network, tmp_path / "own.onnx", 112, batch=batch)
    imported = bring(path)
    x = torch.rand(3, 3, 112, 112) * 2 - 1
    with torch.inference_mode():
        expected = functional.normalize(network(x))
    torch.testing.assert_close(descriptors(imported, x), expected, atol=1e-5, rtol=0)


def test_layers_are_the_ends_of_blocks_and_the_map_is_the_last_of_fourteen_cells(tmp_path: Path) -> None:
    imported = bring(onnx_files.export(onnx_files.iresnet18(), tmp_path / "own.onnx", 112))
    assert list(imported.sides.values()) == [112, 56, 56, 28, 28, 14, 14, 7, 7]
    assert imported.map_size == 14
    assert imported.cam_layer == imported.layers[6]
    field = np.random.default_rng(0).integers(0, 256, (130, 130, 3), np.uint8)
    for layer in imported.layers:
        x = imported.preprocess(field)
        features = imported.forward_features(x, layer)
        torch.testing.assert_close(imported.forward_head(features, layer), imported(x), atol=1e-4, rtol=1e-4)
        assert features.shape[2] == imported.sides[layer]


def test_gradients_are_those_of_autograd_through_the_rest(tmp_path: Path) -> None:
    imported = bring(onnx_files.export(onnx_files.mobilefacenet(), tmp_path / "own.onnx", 112))
    people = tiny.gallery(dimensions=32)
    network = imported.with_gallery(torch.from_numpy(people.means), torch.zeros(len(people.names)))
    found = network.forward_with_activations(np.full((112, 112, 3), 90, np.uint8))
    gradients = network.logit_gradients(found, [4, 1])
    features = found.features[None].clone().requires_grad_(True)
    (expected,) = torch.autograd.grad(network.forward_head(features)[0, 1], features)
    torch.testing.assert_close(gradients[1], expected[0])


def test_what_is_stored_is_a_model_like_any_other(tmp_path: Path) -> None:
    path = save(small(), tmp_path / "own.onnx")
    options = replace(ARCFACE, licence="Apache 2.0", training_data="photos of my own", cam_layer="r")
    imported, checked = import_onnx(path, tmp_path / "models", options)
    folder = tmp_path / "models" / "own"
    assert {each.name for each in folder.iterdir()} == {
        "weights.safetensors",
        "weights.safetensors.sha256",
        "MODEL_CARD.md",
    }
    card = (folder / "MODEL_CARD.md").read_text()
    assert "Licence of the weights: Apache 2.0." in card
    assert "photos of my own" in card
    assert checked.batch < 1e-5
    assert checked.onnxruntime is not None
    assert checked.onnxruntime < 1e-5
    loaded = load_without_people(folder)
    assert loaded.config == imported.config
    before = (folder / "weights.safetensors").read_bytes()
    import_onnx(path, tmp_path / "models", options)
    assert (folder / "weights.safetensors").read_bytes() == before


@pytest.mark.parametrize("name", presets.FAMILIES)
def test_a_family_says_how_faces_are_prepared(tmp_path: Path, name: str) -> None:
    family = presets.FAMILIES[name]
    size = presets.find_alignment(family.alignment).size
    model = onnx_files.graph(small().graph.node, tensors_of_small(), ("n", 3, "h", "w"))
    network = bring(save(model, tmp_path / "own.onnx"), OnnxOptions("own", family))
    config = network.config
    assert config.input_size == size
    assert (config.mean, config.scale, config.channel_order) == (
        family.mean,
        family.scale,
        family.channel_order,
    )
    assert config.metric == family.metric
    assert config.template is not None
    right_eye, left_eye, nose, right_mouth, left_mouth = config.template
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_mouth[0] < left_mouth[0]
    assert right_eye[1] < nose[1] < left_mouth[1]


def test_what_is_stated_beats_the_family(tmp_path: Path) -> None:
    alignment = tmp_path / "mine.json"
    points = [[5, 6], [11, 6], [8, 9], [6, 12], [10, 12]]
    alignment.write_text(json.dumps({"size": 16, "points": points, "crop_scale": 1.8}))
    options = replace(
        ARCFACE,
        alignment=str(alignment),
        mean=(1.0, 2.0, 3.0),
        scale=0.5,
        channel_order="BGR",
        metric="euclidean",
        mirrored=True,
    )
    config = bring(save(small(), tmp_path / "own.onnx"), options).config
    assert (config.mean, config.scale, config.channel_order) == ((1.0, 2.0, 3.0), 0.5, "BGR")
    assert config.metric == "euclidean"
    assert config.mirrored
    assert config.crop_scale == 1.8
    assert config.template is not None
    assert config.template[2] == (0.5, 9 / 16)


def test_the_euclidean_logit_is_the_negative_squared_distance(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "own"
    bring(save(small(), tmp_path / "own.onnx"), replace(ARCFACE, metric="euclidean"))
    tiny.gallery(dimensions=32).save(folder / GALLERY)
    network = load_classifier(folder)
    found = network.forward_with_activations(np.full((16, 16, 3), 7, np.uint8))
    means = torch.from_numpy(Gallery.load(folder / GALLERY).means)
    distances = (network.descriptor(found) - means).square().sum(1)
    torch.testing.assert_close(found.logits, -network.config.logit_scale * distances, atol=1e-3, rtol=1e-4)


def test_a_network_that_normalises_gets_pixels_as_they_are(tmp_path: Path) -> None:
    model = small()
    model.graph.node[0].input[0] = "n"
    nodes = [node("Sub", "x mean", "s"), node("Mul", "s scale", "n"), *model.graph.node]
    tensors = {
        **tensors_of_small(),
        "mean": np.full((), 127.5, np.float32),
        "scale": np.full((), 1 / 128, np.float32),
    }
    network = bring(save(onnx_files.graph(nodes, tensors), tmp_path / "own.onnx"))
    assert (network.config.mean, network.config.scale) == ((0.0, 0.0, 0.0), 1.0)


def test_channels_may_come_last(tmp_path: Path) -> None:
    nodes = [node("Transpose", "x", "t", perm=[0, 3, 1, 2]), *small().graph.node]
    nodes[1].input[0] = "t"
    last = onnx_files.graph(nodes, tensors_of_small(), ("n", 16, 16, 3))
    x = torch.rand(2, 3, 16, 16)
    found = descriptors(bring(save(last, tmp_path / "last.onnx"), replace(ARCFACE, name="last")), x)
    expected = descriptors(bring(save(small(), tmp_path / "own.onnx")), x)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_weights_of_other_precision_become_float32(tmp_path: Path, dtype: type) -> None:
    tensors: dict[str, np.ndarray] = {name: array.astype(dtype) for name, array in tensors_of_small().items()}
    model = onnx_files.graph(small().graph.node, tensors)
    converted = convert(onnx_file.read(save(model, tmp_path / "own.onnx")))
    for array, expected in zip(converted.tensors.values(), tensors.values(), strict=True):
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, expected.astype(np.float32))


def test_weights_may_be_stored_in_half_the_space(tmp_path: Path) -> None:
    path = save(small(), tmp_path / "own.onnx")
    x = torch.rand(2, 3, 16, 16)
    exact = descriptors(bring(path), x)
    rounded = descriptors(bring(path, replace(ARCFACE, name="half", dtype="float16")), x)
    torch.testing.assert_close(rounded, exact, atol=5e-3, rtol=0)
    sizes = [(tmp_path / "models" / name / "weights.safetensors").stat().st_size for name in ("own", "half")]
    assert sizes[1] < sizes[0]


def test_another_layer_can_be_chosen_and_is_refused_where_there_is_none(tmp_path: Path) -> None:
    path = save(small(), tmp_path / "own.onnx")
    assert bring(path, replace(ARCFACE, cam_layer="r")).cam_layer == "r"
    with pytest.raises(RefusedError) as refused:
        bring(path, replace(ARCFACE, cam_layer="fc8"))
    assert "r (16 x 16)" in refused.value.hint


def test_a_gallery_of_another_network_is_kept(tmp_path: Path) -> None:
    bring(save(small(), tmp_path / "own.onnx"))
    tiny.gallery(dimensions=32).save(tmp_path / "models" / "own" / GALLERY)
    import_onnx(tmp_path / "own.onnx", tmp_path / "models", ARCFACE)  # the same again
    other = onnx_files.graph(small().graph.node, {"w": weights(8, 3, 3, 3), "v": weights(8, 32, seed=2)})
    with pytest.raises(RefusedError, match="its people"):
        bring(save(other, tmp_path / "own.onnx"))


def test_a_model_without_people_says_how_they_are_added(tmp_path: Path) -> None:
    bring(save(small(), tmp_path / "own.onnx"))
    with pytest.raises(ForwardPassFailed) as failed:
        load_classifier(tmp_path / "models" / "own")
    assert failed.value.reason == "gallery-damaged"
    assert "brain people build" in failed.value.hint
