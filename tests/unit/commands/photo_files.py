"""Files that stand for photos."""

from __future__ import annotations

from pathlib import Path


def write(*names: str, data: bytes = b"a photo") -> list[Path]:
    """Files with these names; each holds its name after the data, so that no two are the same photo."""
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data if data in (b"odd", b"deadly") else data + name.encode())
    return [Path(name) for name in names]
