"""Where VGG-Face is published, and a download that can be resumed. Imports no torch.

A checksum is in the table where one is public: bob.bio.face of Idiap names the archive's for Caffe, and
MatConvNet's own list of pretrained models that of its file. For the Torch7 archive none is known.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from brain.core.errors import RefusedError

LICENCE = "non-commercial-research"
NOTICE = f"""\
VGG-Face is the work of O. M. Parkhi, A. Vedaldi and A. Zisserman, University of Oxford: "Deep Face
Recognition", British Machine Vision Conference 2015, https://www.robots.ox.ac.uk/~vgg/software/vgg_face/
Licence: for non-commercial research purposes only ({LICENCE}); whoever publishes results cites the paper."""

OXFORD = "https://www.robots.ox.ac.uk/~vgg/software/vgg_face/src"
TIMEOUT_SECONDS = 60
ATTEMPTS = 5
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Published:
    """A published file, its folder, and its MD5 if that is publicly known."""

    file: str
    folder: str
    md5: str | None


PUBLISHED = {
    "caffe": Published("vgg_face_caffe.tar.gz", OXFORD, "ee707ac6e890bc148cb155adeaad12be"),
    "torch7": Published("vgg_face_torch.tar.gz", OXFORD, None),
    "matconvnet": Published(
        "vgg-face.mat", "https://www.vlfeat.org/matconvnet/models", "3d6cd504bf9c98af4a561aad059565d1"
    ),
}

HINT_AGAIN = "Run the command again to go on where it stopped, or give another address with --mirror."
HINT_MIRROR = "Give the address of a folder that holds {file} with --mirror, or import a file that you have."

Progress = Callable[[int, int | None], None]


def fetch(
    published: Published, directory: Path, *, mirror: str | None, progress: Progress, pause: float = 2.0
) -> Path:
    """Download a published file, and compare it with its checksum if one is known.

    Args:
        mirror: address of another folder that holds the file.
        progress: called with the number of bytes so far, and with the total if the server states it.
        pause: seconds before another attempt after an interruption.

    Raises:
        RefusedError: the file cannot be downloaded, or has another checksum.
    """
    url = f"{(mirror or published.folder).rstrip('/')}/{published.file}"
    if not url.startswith(("http://", "https://")):
        raise RefusedError(f"{url} is not a web address", HINT_MIRROR.format(file=published.file))
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / published.file
    if not path.exists():
        partial = directory / f"{published.file}.partial"
        _download(url, partial, progress, pause)
        partial.replace(path)
    if published.md5 and (found := _md5(path)) != published.md5:
        path.unlink()
        raise RefusedError(
            f"{url} has MD5 {found}, not {published.md5}", HINT_MIRROR.format(file=published.file)
        )
    return path


def _download(url: str, partial: Path, progress: Progress, pause: float) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _go_on(url, partial, progress)
        except HTTPError as error:
            error.close()
            raise RefusedError(
                f"{url} answers {error.code} {error.reason}", HINT_MIRROR.format(file=partial.stem)
            ) from error
        except (OSError, HTTPException) as error:
            if attempt == ATTEMPTS:
                raise RefusedError(f"cannot get {url}: {error}", HINT_AGAIN) from error
        time.sleep(pause)
    return None


def _go_on(url: str, partial: Path, progress: Progress) -> None:
    """Download the missing part; or everything, if the server cannot resume or its file has changed."""
    mark = partial.with_suffix(".mark")
    have = partial.stat().st_size if partial.exists() and mark.exists() else 0
    headers = {"Range": f"bytes={have}-", "If-Range": mark.read_text()} if have else {}
    try:
        answer = cast(HTTPResponse, urlopen(Request(url, headers=headers), timeout=TIMEOUT_SECONDS))
    except HTTPError as error:
        if error.code != 416:
            raise
        error.close()
        if error.headers.get("Content-Range") == f"bytes */{have}":
            return
        mark.unlink()
        raise ConnectionError("the file there is a shorter one") from error
    with answer:
        have = have if answer.status == 206 and _start(answer) == have else 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        _remember(answer, mark)
        with partial.open("ab" if have else "wb") as file:
            while piece := answer.read(PIECE):
                file.write(piece)
                have += len(piece)
                progress(have, total)
    if total is not None and have < total:
        raise ConnectionError(f"the connection ended after {have} of {total} bytes")
    mark.unlink(missing_ok=True)


def _start(answer: HTTPResponse) -> int | None:
    match = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return int(match[1]) if match else None


def _remember(answer: HTTPResponse, mark: Path) -> None:
    """Store what identifies this version of the file. Without it, resuming would not be safe."""
    tag = answer.headers.get("ETag", "")
    version = tag if tag.startswith('"') else answer.headers.get("Last-Modified")
    if version:
        mark.write_text(version)
    else:
        mark.unlink(missing_ok=True)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
