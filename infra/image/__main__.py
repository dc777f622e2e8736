"""`python -m infra.image`: print the size of the explain function's image without building it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from functions.explain.slim import size
from infra.image.tree import NotInstalled, assemble
from infra.local.environment import REPOSITORY


def main() -> int:
    """Assemble the tree and print the size of its parts in megabytes (10^6 bytes)."""
    parser = argparse.ArgumentParser(prog="python -m infra.image", description=__doc__)
    parser.add_argument("--model", default="dlib-resnet", help="name of a folder in models/")
    model = REPOSITORY / "models" / parser.parse_args().model
    if not (model / "names.txt").is_file():
        parser.error(f"there is no model in {model}")
    with tempfile.TemporaryDirectory(prefix="brain-") as folder:
        tree = Path(folder) / "task"
        try:
            assemble(tree, model)
        except NotInstalled as error:
            print(f"{error} is not installed; run `make setup` first.", file=sys.stderr)
            return 1
        _report(tree)
    return 0


def _report(tree: Path) -> None:
    for part in sorted(tree.iterdir()):
        print(f"{(size(part) if part.is_dir() else part.stat().st_size) / 1e6:8.1f} MB  {part.name}")
    for package in sorted((tree / "packages").iterdir(), key=size, reverse=True)[:8]:
        print(f"{size(package) / 1e6:12.1f} MB  packages/{package.name}")
    print(f"{size(tree) / 1e6:8.1f} MB  in total, without the base image")


if __name__ == "__main__":
    sys.exit(main())
