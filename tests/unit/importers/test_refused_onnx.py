"""ONNX files that are no recognisers, and what the importer says of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brain.core.errors import RefusedError
from brain.face.yunet import WEIGHTS
from brain.importers import presets
from brain.importers.onnx_import import import_onnx
from tests.unit.importers import onnx_files
from tests.unit.importers.onnx_files import node, save, small, weights
from tests.unit.importers.onnx_imports import ARCFACE, bring, tensors_of_small


def test_the_first_operator_that_is_not_covered_is_named(tmp_path: Path) -> None:
    model = small(node("LRN", "r", "z", size=3), node("LSTM", "z w w", "q"))
    with pytest.raises(RefusedError, match=r"operator 2, LRN -> z, is not covered") as refused:
        bring(save(model, tmp_path / "own.onnx"))
    assert "Conv" in refused.value.hint
    assert not (tmp_path / "models" / "own").exists()


@pytest.mark.parametrize(
    ("outputs", "shape", "message"),
    [
        (("y", "r"), ("n", 3, 16, 16), ""),
        (("r",), ("n", 3, 16, 16), "not one descriptor"),
        (("y", "f2"), ("n", 3, 16, 16), "not one descriptor"),
        (("y",), ("n", 1, 16, 16), "not a square picture"),
        (("y",), ("n", 3, 16, 20), "not a square picture"),
        (("y",), ("n", 3, 5000, 5000), "not a square picture"),
    ],
)
def test_a_recogniser_has_one_picture_and_one_descriptor(
    tmp_path: Path, outputs: tuple[str, ...], shape: tuple[int | str, ...], message: str
) -> None:
    nodes = [*small().graph.node, node("MatMul", "f v", "f2")]
    path = save(onnx_files.graph(nodes, tensors_of_small(), shape, outputs), tmp_path / "own.onnx")
    if not message:
        assert bring(path).config.descriptor_size == 32
        return
    with pytest.raises(RefusedError, match=message):
        bring(path)


def test_answers_that_are_not_finite_or_always_the_same_are_refused(tmp_path: Path) -> None:
    for tensors, message in (
        ({"w": weights(8, 3, 3, 3) * np.float32(1e38), "v": weights(8, 32)}, "not finite"),
        ({"w": -np.abs(weights(8, 3, 3, 3)) * 0, "v": weights(8, 32)}, "the same"),
    ):
        model = onnx_files.graph(small().graph.node, tensors)
        with pytest.raises(RefusedError, match=message):
            bring(save(model, tmp_path / "own.onnx"))


def test_the_detectors_own_file_is_no_recogniser(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="640 x 640, not a square picture"):
        import_onnx(WEIGHTS, tmp_path / "models", ARCFACE)


def test_a_file_that_does_not_exist_and_one_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="no readable file"):
        bring(tmp_path / "own.onnx")
    (tmp_path / "own.onnx").write_bytes(b"<html></html>" * 100)
    with pytest.raises(RefusedError, match="cannot be read"):
        bring(tmp_path / "own.onnx")


@pytest.mark.parametrize(
    "text", ["{}", '{"size": 0, "points": []}', "[]", "nonsense", '{"size": 112, "points": [[1, 1]]}']
)
def test_a_file_that_describes_no_alignment_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.json").write_text(text)
    with pytest.raises(RefusedError) as refused:
        presets.find_alignment(str(tmp_path / "mine.json"))
    assert "nose tip" in refused.value.hint


def test_an_unknown_alignment_is_refused() -> None:
    with pytest.raises(RefusedError, match="arcface-112, dlib-150, facenet-160"):
        presets.find_alignment("arcface-113")


def test_a_network_that_takes_one_face_only_is_refused(tmp_path: Path) -> None:
    fixed = [node("Reshape", "f s", "h"), node("Add", "h row", "g"), node("MatMul", "g v", "y")]
    nodes = [*small().graph.node[:-1], *fixed]
    tensors = {**tensors_of_small(), "row": weights(8), "s": np.array([2, 4], np.int64)}
    tensors["row"] = weights(2, 4)
    tensors["v"] = weights(4, 32)
    with pytest.raises(RefusedError, match=r"one face at a time"):
        bring(save(onnx_files.graph(nodes, tensors), tmp_path / "own.onnx"))
