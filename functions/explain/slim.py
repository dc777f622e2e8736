"""`python slim.py FOLDER`: remove files from installed packages that the running function never opens.

Runs while the image is built and needs only the standard library.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

# Headers and programs for compilers, and packages that only torch's compiler and exporter import.
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
# The image compiles the bytecode of the remaining files again.
FOLDERS_ANYWHERE = {"__pycache__", "tests"}
ENDINGS = (".h", ".pxd", ".pyi", "_test.so")
REQUIRED_PROGRAM = "torch_shm_manager"  # checked by `import torch`
# botocore ships the API model of every AWS service; the function uses two of them.
SERVICES = {"s3", "dynamodb"}


def main(folder: Path) -> int:
    """Slim the packages in a folder and print the size before and after."""
    if not (folder / "torch").is_dir():
        print(f"{folder} does not contain the packages of the explain function.", file=sys.stderr)
        return 1
    before = size(folder)
    slim(folder)
    print(f"{folder}: {before / 1e6:.0f} MB before, {size(folder) / 1e6:.0f} MB after")
    return 0


def slim(folder: Path) -> None:
    """Remove everything that is not needed at run time."""
    for path in list(superfluous(folder)):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def superfluous(folder: Path) -> Iterator[Path]:
    """The files and folders to remove."""
    yield from filter(Path.exists, (folder / name for name in FOLDERS))
    yield from (path for path in folder.glob("torch/bin/*") if path.name != REQUIRED_PROGRAM)
    for root, folders, files in os.walk(folder):
        yield from (Path(root, name) for name in folders if name in FOLDERS_ANYWHERE)
        yield from (Path(root, name) for name in files if name.endswith(ENDINGS))
        folders[:] = [name for name in folders if name not in FOLDERS_ANYWHERE]
    for service in (folder / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in SERVICES:
            yield service


def size(folder: Path) -> int:
    """Total size of all files below a folder, in bytes."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
