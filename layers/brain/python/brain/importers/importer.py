"""An import from beginning to end: a file in, a model folder out.

    unpack -> read -> fit to the plan -> find the names -> write beside -> load and run -> move into place

Until the last step nothing that exists is touched. The weights are held once as they are read, mapped
where the format allows it, and once as they are written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from brain.importers import archive, formats, plan, writer
from brain.importers.contents import ChannelOrder, Contents
from brain.importers.names import find_names
from brain.importers.trial import forward_passes
from brain.importers.writer import Dtype, Source
from brain.recognition.model import load_model
from brain.recognition.network import ModelConfig

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Imported:
    """What was imported, and into which folder."""

    directory: Path
    config: ModelConfig
    source: Source


def import_model(
    path: Path,
    models_dir: Path,
    *,
    base: ModelConfig,
    strict: bool = True,
    names: Path | None = None,
    dtype: Dtype = "float32",
    channel_order: ChannelOrder | None = None,
    progress: Progress = lambda text: None,
) -> Imported:
    """Import published weights as `models_dir/<base.name>`.

    Args:
        path: a file of any known format, or a published archive.
        base: the network that this should be, its mean in R, G, B order.
        strict: demand `base`'s own widths.
        names: names.txt; by default the archive's own, the one beside the file, or the one already there.
        channel_order: which channel the file's network expects first, where the default is known to be wrong.
        progress: called with what begins.

    Raises:
        RefusedError: the file is not what it should be; the first layer that is wrong is named.
        NamesMissing: code 5.
        ForwardPassFailed: code 4, the network that was read does not run.
    """
    directory = models_dir / base.name
    with staging(models_dir) as staged:
        progress(f"Reading {path.name}")
        contents = read(path, staged)
        if channel_order:
            contents = replace(contents, channel_order=channel_order)
        config, weights = plan.fit(contents, base, strict=strict)
        places = [staged / writer.NAMES, path.parent / writer.NAMES, directory / writer.NAMES]
        found = find_names(config.identities, names, contents.names, places)
        source = Source(path.name, contents.form, writer.sha256_of(path))
        progress(f"Writing {writer.WEIGHTS}")
        writer.write(staged, config, weights, found, source, dtype)
        del contents, weights
        progress("Trying the network")
        forward_passes(load_model(staged), 1)
        writer.move(staged, directory)
    return Imported(directory, config, source)


def read(path: Path, workplace: Path) -> Contents:
    """Read a file, or the weights inside an archive, which are unpacked into the workplace."""
    if formats.is_archive(path):
        path = archive.extract(path, workplace)
    return formats.read(path)


@contextmanager
def staging(models_dir: Path) -> Iterator[Path]:
    """A folder on the models' own file system that is gone afterwards."""
    models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".importing-", dir=models_dir) as folder:
        yield Path(folder)
