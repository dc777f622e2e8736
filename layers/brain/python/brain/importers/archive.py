"""The published .tar.gz archives: only the weights and the names are extracted, by their file names."""

from __future__ import annotations

import shutil
import tarfile
import zlib
from pathlib import Path

from brain.core.errors import RefusedError

WEIGHTS = ("VGG_FACE.t7", "VGG_FACE.caffemodel", "vgg_face.mat", "vgg-face.mat")
NAMES = "names.txt"
LARGEST = 2 * 1024**3
HINT = f"Take one of the published archives; each holds one of {', '.join(WEIGHTS)}."


def extract(archive: Path, directory: Path) -> Path:
    """Copy the weights, and names.txt where there is one, into a directory, whatever folder they are in.

    Returns:
        The path of the weights.

    Raises:
        RefusedError: the archive is damaged, contains no weights, or is larger than the published ones.
    """
    weights: Path | None = None
    try:
        # Read as a stream: an archive of this size is unpacked only once, from front to back.
        with tarfile.open(archive, "r|*") as tar:
            for member in tar:
                name = member.name.rpartition("/")[2]
                if not member.isreg() or name not in (*WEIGHTS, NAMES):
                    continue
                if member.size > LARGEST:
                    raise RefusedError(f"{name} in {archive.name} is larger than {LARGEST} bytes", HINT)
                _copy(tar, member, directory / name)
                weights = directory / name if name != NAMES else weights
                if weights and (directory / NAMES).exists():
                    break
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise RefusedError(f"{archive.name} cannot be unpacked: {error}", HINT) from error
    if weights is None:
        raise RefusedError(f"{archive.name} holds none of the published files", HINT)
    return weights


def _copy(tar: tarfile.TarFile, member: tarfile.TarInfo, to: Path) -> None:
    source = tar.extractfile(member)
    if source is None:
        raise RefusedError(f"{member.name} has no content", HINT)
    with source, to.open("wb") as target:
        shutil.copyfileobj(source, target, 1024 * 1024)
