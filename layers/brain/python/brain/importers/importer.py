"""Imports a published weights file: a file in, a model's folder out.

    unpack -> read -> fit to the network -> find the names -> write aside -> load and run -> move into place

Existing files are not touched before the last step. The weights are in memory once when they are read
(memory-mapped if the format allows it), and once when they are written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from brain.core.files import file_sha256
from brain.importers import archive, formats, plan, writer
from brain.importers.contents import ChannelOrder, Contents
from brain.importers.inspection import StoredDtype
from brain.importers.names import find_names
from brain.importers.trial import forward_passes
from brain.importers.writer import ImportSource
from brain.recognition.config import ModelConfig
from brain.recognition.loading import load_without_people

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ImportOptions:
    """How to read a file.

    Attributes:
        base: the expected network, with its mean in R, G, B order.
        strict: whether the layers must have `base`'s widths.
        names: path of names.txt; by default the archive's, the one beside the file, or the one already
            installed.
        dtype: number format in which to store the weights.
        channel_order: order of the channels that the file's network expects, if the default is known to be
            wrong.
    """

    base: ModelConfig
    strict: bool = True
    names: Path | None = None
    dtype: StoredDtype = "float32"
    channel_order: ChannelOrder | None = None


@dataclass(frozen=True)
class Imported:
    """An imported model and its folder."""

    directory: Path
    config: ModelConfig
    source: ImportSource


def import_model(
    path: Path, models_dir: Path, options: ImportOptions, progress: Progress = lambda text: None
) -> Imported:
    """Import published weights as `models_dir/<options.base.name>`.

    Args:
        path: a file of any known format, or a published archive.
        progress: called with the name of each step when it starts.

    Raises:
        RefusedError: the file is not as expected; the message names the first wrong layer.
        NamesMissing: code 5.
        ForwardPassFailed: code 4, the network that was read does not run.
    """
    directory = models_dir / options.base.name
    with staging(models_dir) as staged:
        progress(f"Reading {path.name}")
        contents = read(path, staged)
        if options.channel_order:
            contents = replace(contents, channel_order=options.channel_order)
        config, weights = plan.fit(contents, options.base, strict=options.strict)
        source = ImportSource(path.name, contents.form, file_sha256(path))
        progress("Writing the weights")
        if not config.has_gallery:
            places = [staged / writer.NAMES, path.parent / writer.NAMES, directory / writer.NAMES]
            writer.write_names(staged, find_names(config.identities, options.names, contents.names, places))
        writer.write(staged, config, weights, source, options.dtype)
        del contents, weights
        progress("Trying the network")
        forward_passes(load_without_people(staged), 1)
        if config.has_gallery and (directory / writer.CARD).exists():
            # The card of a model with a gallery also says whose descriptors it contains.
            (staged / writer.CARD).unlink()
        writer.move(staged, directory)
    return Imported(directory, config, source)


def read(path: Path, workplace: Path) -> Contents:
    """Read a weights file, or an archive that contains one, which is unpacked into the workplace."""
    if formats.is_archive(path):
        path = archive.extract(path, workplace)
    return formats.read(path)


@contextmanager
def staging(models_dir: Path) -> Iterator[Path]:
    """A folder on the models' own file system that is removed afterwards."""
    models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".importing-", dir=models_dir) as folder:
        yield Path(folder)
