"""`brain model fetch` from a local server with and without support for range requests."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from brain.commands.cli import main
from brain.core.errors import RefusedError
from brain.importers import download
from brain.importers.download import Published, fetch
from brain.importers.published import BASE_CONFIGS
from brain.recognition.model import load_model
from tests.unit.importers import caffe_files, vgg

DATA = bytes(range(256)) * 20_000
FILE = Published("file.bin", "http://127.0.0.1:1/nowhere", hashlib.md5(DATA).hexdigest())


@dataclass
class Shelf:
    """Files and behaviour of the server; `asked` records the requested ranges."""

    files: dict[str, bytes] = field(default_factory=dict)
    etag: str = '"one"'
    ranges: bool = True
    cut_after: int | None = None
    url: str = ""
    asked: list[str | None] = field(default_factory=list)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf(files={"/file.bin": DATA})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers["Range"]
            shelf.asked.append(wanted)
            data = shelf.files.get(self.path)
            if data is None:
                return self.send_error(404)
            start = 0
            if wanted and shelf.ranges and self.headers["If-Range"] == shelf.etag:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(data):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(data)}")
                self.end_headers()
                return None
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            self.send_header("ETag", shelf.etag)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            self.wfile.write(data[start:][: shelf.cut_after])
            return None

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        shelf.url = f"http://127.0.0.1:{server.server_port}"
        yield shelf
        server.shutdown()


def get(shelf: Shelf, folder: Path, published: Published = FILE) -> Path:
    return fetch(published, folder, mirror=shelf.url, progress=lambda have, total: None, pause=0)


def test_a_file_is_downloaded_with_progress(shelf: Shelf, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = fetch(FILE, tmp_path, mirror=f"{shelf.url}/", progress=lambda *now: seen.append(now), pause=0)
    assert path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert [have for have, _ in seen] == sorted(have for have, _ in seen)
    assert list(tmp_path.iterdir()) == [path]


def test_interrupted_downloads_are_resumed(shelf: Shelf, tmp_path: Path) -> None:
    shelf.cut_after = len(DATA) // 3
    assert get(shelf, tmp_path).read_bytes() == DATA
    assert shelf.asked[0] is None
    assert shelf.asked[1] == f"bytes={len(DATA) // 3}-"
    assert len(shelf.asked) == 4


def test_a_later_run_resumes_an_earlier_one(shelf: Shelf, tmp_path: Path) -> None:
    shelf.cut_after = len(DATA) // 20
    with pytest.raises(RefusedError, match="cannot get") as refused:
        get(shelf, tmp_path)
    assert "go on where it stopped" in refused.value.hint
    there = (tmp_path / "file.bin.partial").stat().st_size
    assert there == 5 * (len(DATA) // 20)
    shelf.cut_after = None
    assert get(shelf, tmp_path).read_bytes() == DATA
    assert shelf.asked[-1] == f"bytes={there}-"


@pytest.mark.parametrize("change", ["etag", "ranges"])
def test_a_changed_file_is_downloaded_from_the_start(shelf: Shelf, tmp_path: Path, change: str) -> None:
    shelf.files["/file.bin"] = DATA[::-1]
    shelf.cut_after = len(DATA) // 20
    with pytest.raises(RefusedError):
        get(shelf, tmp_path)
    shelf.files["/file.bin"], shelf.cut_after = DATA, None
    if change == "etag":
        shelf.etag = '"two"'
    else:
        shelf.ranges = False
    assert get(shelf, tmp_path).read_bytes() == DATA


def test_a_complete_download_is_not_repeated(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "file.bin.partial").write_bytes(DATA)
    (tmp_path / "file.bin.mark").write_text('"one"')
    assert get(shelf, tmp_path).read_bytes() == DATA
    asked = len(shelf.asked)
    assert get(shelf, tmp_path).read_bytes() == DATA
    assert len(shelf.asked) == asked


def test_an_oversized_partial_file_is_discarded(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "file.bin.partial").write_bytes(DATA + b"more")
    (tmp_path / "file.bin.mark").write_text('"one"')
    assert get(shelf, tmp_path).read_bytes() == DATA


def test_a_file_with_a_wrong_checksum_is_rejected_and_deleted(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files["/file.bin"] = DATA[:-1] + b"?"
    with pytest.raises(RefusedError, match="has MD5"):
        get(shelf, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_reported_without_retries(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="answers 404") as refused:
        get(shelf, tmp_path, replace(FILE, file="other.bin"))
    assert "other.bin with --mirror" in refused.value.hint
    assert len(shelf.asked) == 1


@pytest.mark.parametrize("mirror", ["file:///etc", "/etc", "ftp://example.org"])
def test_only_http_urls_are_accepted(tmp_path: Path, mirror: str) -> None:
    with pytest.raises(RefusedError, match="not a web address"):
        fetch(FILE, tmp_path, mirror=mirror, progress=lambda have, total: None)


def test_downloads_have_official_urls_and_checksums() -> None:
    assert download.PUBLISHED["caffe"].md5 == "ee707ac6e890bc148cb155adeaad12be"
    for published in download.PUBLISHED.values():
        assert published.folder.startswith(("https://www.robots.ox.ac.uk/~vgg/", "https://www.vlfeat.org/"))


def archive(folder: Path) -> bytes:
    weights = caffe_files.write(folder / "x.caffemodel", caffe_files.parts(vgg.weights())).read_bytes()
    names = "".join(f"Person_{number}\n" for number in range(7)).encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in (("VGG_FACE.caffemodel", weights), ("names.txt", names)):
            info = tarfile.TarInfo(f"vgg_face_caffe/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["caffe", "torch7"])
def test_fetch_downloads_verifies_and_imports(
    shelf: Shelf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
) -> None:
    data = archive(tmp_path)
    published = download.PUBLISHED[form]
    md5 = hashlib.md5(data).hexdigest() if published.md5 else None
    shelf.files[f"/{published.file}"] = data
    monkeypatch.setitem(download.PUBLISHED, form, replace(published, md5=md5))
    monkeypatch.setitem(BASE_CONFIGS, "vgg-face", replace(vgg.CONFIG, name="vgg-face"))
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path / "models"))
    accept = ["--accept-licence", "non-commercial-research"]
    assert main(["model", "fetch", "vgg-face", *accept, "--form", form, "--mirror", shelf.url]) == 0
    printed = capsys.readouterr().out
    assert (f"MD5 {md5}" if md5 else "no checksum is publicly known") in printed
    assert hashlib.sha256(data).hexdigest() in printed
    assert load_model(tmp_path / "models" / "vgg-face").names[0] == "Person 0"
    assert list((tmp_path / "models" / ".downloads").iterdir()) == []
