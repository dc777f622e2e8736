"""Files that stand for photos."""

from __future__ import annotations

from pathlib import Path


def write(*names: str, data: bytes = b"a photo") -> list[Path]:
    """Write files with these names. Each contains its name after the data, so that all differ."""
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data if data in (b"odd", b"deadly") else data + name.encode())
    return [Path(name) for name in names]
