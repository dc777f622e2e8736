"""Copies the embedded models into the wheel; everything else is in pyproject.toml."""

import tomllib
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithModels(build_py):
    """Adds `models/<name>/*` of the checkout as `brain/models/<name>/*`."""

    def run(self) -> None:
        """Build the package, then copy the models; an editable install reads them from the checkout."""
        super().run()
        if self.editable_mode:
            return
        for source in embedded_files():
            target = Path(self.build_lib, "brain", source.relative_to(ROOT))
            self.mkpath(str(target.parent))
            self.copy_file(str(source), str(target), preserve_mode=False)

    def get_source_files(self) -> list[str]:
        """What the source distribution holds for this command."""
        return [*super().get_source_files(), *(str(path.relative_to(ROOT)) for path in embedded_files())]


def embedded_files() -> list[Path]:
    """The files of the embedded models."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        names = tomllib.load(file)["tool"]["brain"]["embedded-models"]
    return [path for name in names for path in sorted((ROOT / "models" / name).iterdir())]


setup(cmdclass={"build_py": BuildWithModels})
