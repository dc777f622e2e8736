from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from brain.core.errors import RefusedError
from brain.face.cascades import SHA256, install

CASCADE = b"<?xml version='1.0'?>\n<opencv_storage>\n<cascade></cascade>\n</opencv_storage>\n"
KNOWN = {"mouth.xml": hashlib.sha256(CASCADE).hexdigest()}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "mouth.xml").write_bytes(CASCADE)
    return folder


def test_installs_what_has_the_known_checksum(tmp_path: Path, source: Path) -> None:
    fetched: list[str] = []
    (installed,) = install(tmp_path / "there", str(source), KNOWN, fetched.append)
    assert installed.fresh
    assert installed.path.read_bytes() == CASCADE
    assert fetched == ["mouth.xml"]


def test_what_is_there_is_not_fetched_again(tmp_path: Path, source: Path) -> None:
    install(tmp_path / "there", str(source), KNOWN)
    fetched: list[str] = []
    (installed,) = install(tmp_path / "there", "nowhere", KNOWN, fetched.append)
    assert not installed.fresh
    assert fetched == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!DOCTYPE html><html><body><opencv_storage></body></html>", "is not a cascade"),
        (b"404: Not Found", "is not a cascade"),
        (CASCADE + b"<!-- changed -->", "sha256"),
    ],
)
def test_anything_else_is_refused_and_leaves_nothing(
    tmp_path: Path, source: Path, content: bytes, reason: str
) -> None:
    (source / "mouth.xml").write_bytes(content)
    with pytest.raises(RefusedError, match=reason) as refused:
        install(tmp_path / "there", str(source), KNOWN)
    assert refused.value.hint
    assert list((tmp_path / "there").iterdir()) == []


def test_an_absent_source_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="cannot get") as refused:
        install(tmp_path, str(tmp_path / "nowhere"))
    assert "--source" in refused.value.hint


def test_both_cascades_are_pinned_by_checksum() -> None:
    assert set(SHA256) == {"haarcascade_mcs_mouth.xml", "haarcascade_mcs_nose.xml"}
    assert all(len(checksum) == 64 for checksum in SHA256.values())
