"""An import from beginning to end: what it writes, what it refuses, and that it leaves nothing behind."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from brain.core.errors import ForwardPassFailed, NamesMissing, RefusedError
from brain.core.files import file_sha256
from brain.importers.importer import Imported, ImportOptions, import_model
from brain.importers.inspection import recorded_sha256
from brain.recognition.model import load_model
from tests.unit.importers import caffe_files, torch7_files, vgg

Member = tuple[str, bytes]


@pytest.fixture
def caffemodel(tmp_path: Path) -> Path:
    folder = tmp_path / "downloaded"
    folder.mkdir()
    return caffe_files.write(folder / "VGG_FACE.caffemodel", caffe_files.parts(vgg.weights()))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def bring(path: Path, models: Path, **options: object) -> Imported:
    return import_model(path, models, ImportOptions(vgg.CONFIG, **options))  # type: ignore[arg-type]


def packed(path: Path, members: list[Member], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def lines(count: int = 7) -> bytes:
    return "".join(f"Person_{number}\n" for number in range(count)).encode()


def test_a_folder_holds_all_that_a_model_needs(caffemodel: Path, models: Path, tmp_path: Path) -> None:
    made = bring(caffemodel, models, names=vgg.names_file(tmp_path))
    folder = models / "small-vgg"
    assert made.directory == folder
    assert {path.name for path in folder.iterdir()} == {
        "weights.safetensors", "weights.safetensors.sha256", "names.txt", "MODEL_CARD.md",
    }  # fmt: skip
    assert list(models.iterdir()) == [folder]
    assert len({path.stat().st_mode for path in folder.iterdir()}) == 1
    model = load_model(folder)
    assert model.names == tuple(f"Person {number}" for number in range(7))
    assert model.sha256 == recorded_sha256(folder)
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    sha256 = file_sha256(caffemodel)
    assert "VGG_FACE.caffemodel" in card
    assert sha256 in card
    assert vgg.CONFIG.licence in card
    with safe_open(folder / "weights.safetensors", framework="np") as file:
        assert json.loads(file.metadata()["source"]) == {
            "file": "VGG_FACE.caffemodel", "form": "Caffe", "sha256": sha256,
        }  # fmt: skip


def test_bfloat16_halves_the_file_and_hardly_changes_the_answer(
    caffemodel: Path, models: Path, tmp_path: Path
) -> None:
    names = vgg.names_file(tmp_path)
    folder = bring(caffemodel, models, names=names).directory
    whole, exact = (folder / "weights.safetensors").stat().st_size, vgg.logits(load_model(folder))
    bring(caffemodel, models, names=names, dtype="bfloat16")
    model = load_model(folder)
    assert (folder / "weights.safetensors").stat().st_size < 0.6 * whole
    assert {parameter.dtype for parameter in model.network.parameters()} == {torch.float32}
    np.testing.assert_allclose(vgg.logits(model), exact, atol=0.02 * np.ptp(exact))


@pytest.mark.parametrize("mode", ["w:gz", "w"])
@pytest.mark.parametrize("form", ["caffe", "torch"])
def test_the_published_archives(tmp_path: Path, caffemodel: Path, models: Path, form: str, mode: str) -> None:
    t7 = torch7_files.write(tmp_path / "x", torch7_files.sequential(torch7_files.modules(vgg.weights())))
    name, weights = ("VGG_FACE.caffemodel", caffemodel) if form == "caffe" else ("VGG_FACE.t7", t7)
    members = [
        (f"vgg_face_{form}/README", b"read me"),
        (f"vgg_face_{form}/{name}", weights.read_bytes()),
        (f"vgg_face_{form}/names.txt", lines()),
    ]
    made = bring(packed(tmp_path / "vgg.tar.gz", members, mode), models)
    assert made.source.file == "vgg.tar.gz"
    assert load_model(made.directory).names[6] == "Person 6"
    expected = vgg.logits(vgg.imported(caffemodel))
    vgg.assert_same(vgg.logits(load_model(made.directory)), expected)


def test_an_archive_cannot_write_elsewhere(tmp_path: Path, caffemodel: Path, models: Path) -> None:
    evil = [
        ("../../names.txt", lines()),
        ("/tmp/../../VGG_FACE.caffemodel", caffemodel.read_bytes()),
        ("../escaped.txt", b"no"),
    ]
    bring(packed(tmp_path / "evil.tar.gz", evil), models)
    assert {path.name for path in tmp_path.iterdir()} == {"downloaded", "evil.tar.gz", "models"}
    assert {path.name for path in models.iterdir()} == {"small-vgg"}


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path, models: Path) -> None:
    path = tmp_path / "link.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        link = tarfile.TarInfo("VGG_FACE.caffemodel")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(RefusedError, match="none of the published files"):
        bring(path, models)


def test_a_cut_archive_is_refused(tmp_path: Path, caffemodel: Path, models: Path) -> None:
    whole = packed(tmp_path / "whole.tar.gz", [("VGG_FACE.caffemodel", caffemodel.read_bytes())])
    path = tmp_path / "cut.tar.gz"
    path.write_bytes(whole.read_bytes()[:-3000])
    with pytest.raises(RefusedError, match="cannot be unpacked"):
        bring(path, models)


def test_names_beside_the_file_are_found_and_stay_for_the_next_import(caffemodel: Path, models: Path) -> None:
    beside = caffemodel.parent / "names.txt"
    beside.write_bytes(lines())
    bring(caffemodel, models)
    beside.unlink()
    assert load_model(bring(caffemodel, models).directory).names[3] == "Person 3"


@pytest.mark.parametrize("content", [None, lines(6), lines(8), b"", b"A\nB\n\nD\nE\nF\nG\n"])
def test_names_that_do_not_fit_are_error_5(
    tmp_path: Path, caffemodel: Path, models: Path, content: bytes | None
) -> None:
    names = tmp_path / "names.txt"
    if content is not None:
        names.write_bytes(content)
    with pytest.raises(NamesMissing):
        bring(caffemodel, models, names=names if content is not None else None)
    assert list(models.iterdir()) == []


def test_weights_that_are_not_numbers_never_get_in_place(
    caffemodel: Path, models: Path, tmp_path: Path
) -> None:
    names = vgg.names_file(tmp_path)
    folder = bring(caffemodel, models, names=names).directory
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    weights = vgg.weights()
    weights["fc7.bias"][2] = np.nan
    broken = caffe_files.write(tmp_path / "VGG_FACE.caffemodel", caffe_files.parts(weights))
    with pytest.raises(ForwardPassFailed):
        bring(broken, models, names=names)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert list(models.iterdir()) == [folder]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (b"MZ\x90\x00" + bytes(400), "has an unknown format"),
        (b"", "has an unknown format"),
        (None, "no readable file"),
    ],
)
def test_an_unknown_file_is_refused(
    tmp_path: Path, models: Path, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "file.bin"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RefusedError, match=problem) as refused:
        bring(path, models)
    assert refused.value.hint
