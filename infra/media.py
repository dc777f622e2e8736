"""Content types and compression of the page's files, the same in the local stack and in the cloud."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import brotli

# Independent of the system's table, which may differ: browsers refuse modules that are served as plain text.
CONTENT_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}

# All browsers that can run the page's modules know Brotli. Other readers of HTML, such as link previews, may
# not.
BROTLI_TYPES = {".css", ".js"}


def compressed(path: Path) -> bytes | None:
    """A file's content with Brotli's strongest compression; None if it is served uncompressed."""
    return _compressed(path, path.stat().st_mtime_ns) if path.suffix in BROTLI_TYPES else None


@cache
def _compressed(path: Path, _modified: int) -> bytes:
    content: bytes = brotli.compress(path.read_bytes(), mode=brotli.MODE_TEXT)
    return content
