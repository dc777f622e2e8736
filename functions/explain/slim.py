"""Takes out of installed packages what a running function never opens: `python slim.py FOLDER`.

Run while the image is built, with the standard library alone.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

# Headers and programs for compilers, and packages of torch that only its compiler and exporter import.
FOLDERS = (
    "bin",
    "functorch",
    "isympy.py",
    "mpmath",
    "networkx",
    "setuptools",
    "share",
    "sympy",
    "torch/_inductor",
    "torch/include",
    "torch/onnx",
    "torch/share",
    "torch/test",
)
# Bytecode is written anew for what is left.
ANYWHERE = {"__pycache__", "tests"}
ENDINGS = (".h", ".pxd", ".pyi", "_test.so")
NEEDED_PROGRAM = "torch_shm_manager"  # torch looks for it when it is imported
# boto3 brings a description of every service of AWS; the store speaks to two of them.
SERVICES = {"s3", "dynamodb"}


def main(folder: Path) -> int:
    """Slim the packages in a folder and say what it came to, in megabytes."""
    if not (folder / "torch").is_dir():
        print(f"{folder} does not hold the packages of the explain function.", file=sys.stderr)
        return 1
    before = size(folder)
    slim(folder)
    print(f"{folder}: {before / 1e6:.0f} MB before, {size(folder) / 1e6:.0f} MB now")
    return 0


def slim(folder: Path) -> None:
    """Remove what is not needed."""
    for path in list(superfluous(folder)):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def superfluous(folder: Path) -> Iterator[Path]:
    """What may go."""
    yield from filter(Path.exists, (folder / name for name in FOLDERS))
    yield from (path for path in folder.glob("torch/bin/*") if path.name != NEEDED_PROGRAM)
    for root, folders, files in os.walk(folder):
        yield from (Path(root, name) for name in folders if name in ANYWHERE)
        yield from (Path(root, name) for name in files if name.endswith(ENDINGS))
        folders[:] = [name for name in folders if name not in ANYWHERE]
    for service in (folder / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in SERVICES:
            yield service


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
