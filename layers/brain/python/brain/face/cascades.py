"""Installs the optional mouth and nose cascades.

OpenCV removed them in 2020 because their licence, CC BY-NC 4.0, is incompatible with its own. BRAIN works
without them. `brain cascades install` downloads them from a pinned commit of OpenCV's history and verifies
their checksums.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from brain.core.errors import RefusedError

MOUTH_CASCADE = "haarcascade_mcs_mouth.xml"
NOSE_CASCADE = "haarcascade_mcs_nose.xml"
COMMIT = "aec1f713849c0b458534bb39130f6dc8ebc74107"
SOURCE = f"https://raw.githubusercontent.com/opencv/opencv_contrib/{COMMIT}/modules/face/data/cascades"
SHA256 = {
    MOUTH_CASCADE: "5f0f8ed72decccdf2c4c5a291d5433953802d086843145203a77fe02c2242371",
    NOSE_CASCADE: "36ca3e5af05bfa2b193901d7308fb2370b9788a0d6e28cc6f46e039cb229cc8e",
}
LICENCE = "CC-BY-NC-4.0"
NOTICE = f"""\
haarcascade_mcs_mouth.xml and haarcascade_mcs_nose.xml are the work of M. Castrillon-Santana and colleagues,
from opencv_contrib at commit {COMMIT[:12]}.
Licence: Creative Commons Attribution-NonCommercial 4.0 ({LICENCE}). You may use them for
non-commercial purposes if you name the authors; for anything else, ask the authors."""

LARGEST = 4 * 1024 * 1024
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Installed:
    """An installed cascade; `fresh` is False if it was there before."""

    path: Path
    fresh: bool


def install(
    directory: Path,
    source: str = SOURCE,
    checksums: Mapping[str, str] = SHA256,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Installed]:
    """Install the cascades that are missing.

    Args:
        directory: target folder, which is created if necessary.
        source: URL or local folder of the files.
        checksums: file name -> sha256 in hex.
        progress: called with each file's name before it is downloaded.

    Raises:
        RefusedError: a file cannot be downloaded, is not a cascade, or has another checksum.
    """
    directory.mkdir(parents=True, exist_ok=True)
    return [_install_file(directory, source, name, known, progress) for name, known in checksums.items()]


def _install_file(
    directory: Path, source: str, name: str, known: str, progress: Callable[[str], None]
) -> Installed:
    path = directory / name
    if path.is_file() and _sha256(path.read_bytes()) == known:
        return Installed(path, fresh=False)
    progress(name)
    data = _fetch(source, name)
    _verify(name, data, known)
    partial = path.with_suffix(".partial")
    partial.write_bytes(data)
    partial.replace(path)
    return Installed(path, fresh=True)


def _fetch(source: str, name: str) -> bytes:
    try:
        if "://" not in source:
            return (Path(source) / name).read_bytes()
        with urlopen(f"{source.rstrip('/')}/{name}", timeout=TIMEOUT_SECONDS) as answer:
            data: bytes = answer.read(LARGEST + 1)
            return data
    except (OSError, URLError) as error:
        raise RefusedError(
            f"cannot get {name} from {source}: {error}",
            "Check the connection, or fetch the file yourself and pass its folder with --source.",
        ) from error


def _verify(name: str, data: bytes, known: str) -> None:
    head = data[:4096].lower()
    if b"<html" in head or b"<!doctype html" in head or b"<opencv_storage>" not in data:
        raise RefusedError(
            f"{name} is not a cascade",
            "This looks like a saved web page or another file; fetch the raw file instead.",
        )
    found = _sha256(data)
    if found != known:
        raise RefusedError(
            f"{name} has sha256 {found}, not {known}",
            "Only the file at the pinned commit is accepted; fetch it again.",
        )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
