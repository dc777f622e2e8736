"""brain model import | fetch | list | check | calibrate: manage the recognition networks.

The exit status is 0, 4 when weights are refused or do not run, 5 when names are missing or do not fit, 1 when
a licence was not accepted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brain.commands import calibrate, onnx_import
from brain.commands.terminal import Ticker, accepted
from brain.core.errors import BrainError, ForwardPassFailed, RefusedError
from brain.core.settings import MIB, Settings
from brain.importers import download, inspection

if TYPE_CHECKING:
    from brain.importers.importer import Imported
    from brain.importers.trial import Report

IMPORTABLE = ("vgg-face", "dlib-resnet")
FETCHABLE = ("vgg-face",)
IMPORT_HELP = ".onnx, .t7, .caffemodel, .mat, .pth, .h5, .dat or .tar.gz"
DOWNLOADS = ".downloads"
HOW_TO_GET = {
    "vgg-face": "not installed: `brain model fetch vgg-face` or `brain model import PATH --as vgg-face`",
    "dlib-resnet": "not installed: `brain model import PATH --as dlib-resnet`",
}


def register(commands: Any) -> None:
    """Add `model` and its actions."""
    model = commands.add_parser("model", help="install, list, check and calibrate the networks")
    actions = model.add_subparsers(required=True, metavar="ACTION")

    bring = actions.add_parser("import", help="install published weights from a file")
    bring.add_argument("path", type=Path, metavar="PATH", help=IMPORT_HELP)
    bring.add_argument(
        "--as", dest="name", metavar="NAME", help=f"{' or '.join(IMPORTABLE)}; any name for an .onnx file"
    )
    onnx_import.add_arguments(bring)
    bring.set_defaults(run=run_import, refuse=bring.error)

    fetch = actions.add_parser("fetch", help="download published weights and install them")
    fetch.add_argument("name", choices=FETCHABLE, help="which network")
    fetch.add_argument("--accept-licence", metavar="LICENCE", help=f"accept {download.LICENCE} unasked")
    fetch.add_argument("--form", choices=download.PUBLISHED, default="caffe", help="default: caffe")
    fetch.add_argument("--mirror", metavar="URL", help="another folder that holds the published file")
    fetch.set_defaults(run=run_fetch)

    for action in (bring, fetch):
        action.add_argument("--names", type=Path, metavar="FILE", help="names.txt, one name per identity")
        action.add_argument(
            "--dtype",
            choices=inspection.STORED_DTYPES,
            default="float32",
            help="number format of the file; 16 bits halve it",
        )
        action.add_argument(
            "--channel-order",
            choices=("RGB", "BGR"),
            help="default: follows from the format and the conversion",
        )

    everything = actions.add_parser("list", help="the networks that are installed")
    everything.set_defaults(run=run_list)

    check = actions.add_parser("check", help="load a network, run it, measure it")
    check.add_argument("name", metavar="NAME", nargs="?", help="default: BRAIN_MODEL, or dlib-resnet")
    check.set_defaults(run=run_check)

    fit = calibrate.register(actions)
    fit.set_defaults(run=lambda options: guarded(lambda ticker: calibrate.calibrate(options, ticker)))


def run_import(options: argparse.Namespace) -> int:
    """Install from a file."""
    if options.path.suffix.casefold() == ".onnx":
        return guarded(lambda ticker: onnx_import.install(options.path, options, ticker))
    if options.name not in (None, *IMPORTABLE):
        options.refuse(f"--as must be one of {', '.join(IMPORTABLE)} for this kind of file")
    return guarded(lambda ticker: install(options.path, options, ticker))


def run_fetch(options: argparse.Namespace) -> int:
    """Show the licence, ask for consent, download and install."""
    print(download.NOTICE, file=sys.stderr)
    if not accepted(download.LICENCE, options.accept_licence):
        print(f"Nothing was fetched. Accept with --accept-licence {download.LICENCE}.", file=sys.stderr)
        return 1
    return guarded(lambda ticker: fetch_and_install(options, ticker))


def fetch_and_install(options: argparse.Namespace, ticker: Ticker) -> None:
    """Download and install, then delete the download."""
    published = download.PUBLISHED[options.form]

    def progress(have: int, total: int | None) -> None:
        share = f" of {total / MIB:.0f} ({have / total:.0%})" if total else ""
        ticker.show(f"Fetching {published.file}: {have / MIB:.0f}{share} MiB")

    downloads = Settings.from_environment().models_dir / DOWNLOADS
    path = download.fetch(published, downloads, mirror=options.mirror, progress=progress)
    ticker.clear()
    verified = (
        f"MD5 {published.md5}" if published.md5 else "no checksum is publicly known; its sha256 follows"
    )
    print(f"fetched: {published.file}, {verified}")
    install(path, options, ticker)
    path.unlink()


def install(path: Path, options: argparse.Namespace, ticker: Ticker) -> None:
    """Import a file, and print the outcome."""
    ticker.show("Loading PyTorch")
    from brain.importers.importer import ImportOptions, import_model
    from brain.importers.published import BASE_CONFIGS

    name = options.name or ("dlib-resnet" if path.suffix == ".dat" else "vgg-face")
    imported = import_model(
        path,
        Settings.from_environment().models_dir,
        ImportOptions(
            base=BASE_CONFIGS[name],
            names=options.names,
            dtype=options.dtype,
            channel_order=options.channel_order,
        ),
        ticker.show,
    )
    ticker.clear()
    print(in_words(imported))


def in_words(imported: Imported) -> str:
    """An imported model, described for the terminal."""
    config, source = imported.config, imported.source
    identities = "people from its gallery" if config.has_gallery else f"{config.identities:,} identities"
    return "\n".join(
        [
            f"imported: {config.name} from {source.file} ({source.form}), {identities}",
            f"  source     sha256 {source.sha256}",
            f"  picture    {config.channel_order}, mean {', '.join(map(str, config.mean))}",
            f"  licence    {config.licence}",
            f"  folder     {imported.directory}",
            f"Use it with BRAIN_MODEL={config.name}, or `brain explain --model {config.name} PHOTO`.",
        ]
    )


def run_list(options: argparse.Namespace) -> int:
    """Print a line for each model."""
    settings = Settings.from_environment()
    entries = inspection.list_models(settings.models_dir)
    width = max(len(name) for name in [*IMPORTABLE, *(entry.name for entry in entries)])
    for entry in entries:
        mark = "*" if entry.name == settings.model else " "
        size = f"{entry.bytes / MIB:7.1f} MiB {entry.dtype:<4}  {entry.identities:>5} identities"
        print(f"{mark} {entry.name:<{width}}  {entry.problem or f'{size}  {entry.licence}'}")
    for name in sorted(set(IMPORTABLE) - {entry.name for entry in entries}):
        print(f"  {name:<{width}}  {HOW_TO_GET[name]}")
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Load, run and measure a model. Returns 4 if its checksum is not the recorded one."""
    settings = Settings.from_environment()
    return guarded(lambda ticker: check(settings.models_dir / (options.name or settings.model), ticker))


def check(folder: Path, ticker: Ticker) -> None:
    """Try a model and print the report.

    Raises:
        RefusedError: the weights are not those that were imported.
    """
    ticker.show("Loading the network")
    from brain.importers.trial import try_model

    report = try_model(folder)
    ticker.clear()
    print(report_in_words(report))
    if not report.intact:
        raise RefusedError(
            f"the weights of {folder.name} have changed since they were imported",
            f"Their sha256 was {report.recorded}. Import them again.",
        )


def report_in_words(report: Report) -> str:
    """A report, described for the terminal."""
    config = report.config
    recorded = "as recorded" if report.recorded else "none recorded"
    lines = [
        f"{config.name} {config.version}: {config.identities:,} identities, {report.parameters:,} parameters",
        f"  input      {config.input_size} x {config.input_size} {config.channel_order}, "
        f"mean {', '.join(map(str, config.mean))}, scale {config.scale:g}",
        f"  map        {report.map_size} x {report.map_size}",
        f"  data       {config.training_data}",
        f"  licence    {config.licence}",
        f"  file       {report.bytes / MIB:.1f} MiB {report.dtype}",
        f"  sha256     {report.sha256} ({recorded if report.intact else 'NOT as recorded'})",
        *(f"  {name:<9}  {' x '.join(map(str, shape))}" for name, shape in report.layers),
        f"  load       {report.load_seconds:.2f} s",
        f"  forward    {report.pass_seconds * 1000:.0f} ms (the first {report.first_seconds * 1000:.0f} ms)",
        f"  memory     {report.peak_bytes / MIB:.0f} MiB at most, libraries and mapped weights included",
    ]
    return "\n".join(lines)


def guarded(action: Callable[[Ticker], None]) -> int:
    """Run an action, and turn a refusal into a message, a hint and an exit status."""
    ticker = Ticker()
    try:
        action(ticker)
    except BrainError as error:
        ticker.clear()
        print(f"{error.message}\n  {error.hint}", file=sys.stderr)
        return error.code
    except RefusedError as error:
        ticker.clear()
        print(f"{error}\n  {error.hint}", file=sys.stderr)
        return ForwardPassFailed.code
    return 0
