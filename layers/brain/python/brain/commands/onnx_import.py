"""`brain model import FILE.onnx`: its options and its output."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from brain.commands.terminal import Ticker
from brain.core.errors import BrainError, RefusedError
from brain.core.settings import Settings

if TYPE_CHECKING:
    from brain.explanation.view import FaceView
    from brain.importers.onnx_checks import Checked
    from brain.importers.onnx_import import OnnxOptions
    from brain.recognition.config import ModelConfig
    from brain.recognition.onnx.network import ImportedNetwork

FAMILIES = ("arcface", "mobilefacenet", "adaface", "sface", "facenet", "dlib")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
MOST_PHOTOS = 12
PHOTOS = (".jpg", ".jpeg", ".png", ".webp")
HINT_NAME = "A name has lower-case letters, digits, dots and dashes: --as arcface-r50."
HINT_PHOTOS = "Give a folder of a few photos of different people."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options for ONNX files."""
    group = parser.add_argument_group("ONNX files", "The family decides everything that is not given.")
    group.add_argument("--family", choices=FAMILIES, help="default: the one that --alignment implies")
    group.add_argument(
        "--alignment", metavar="NAME|FILE", help="arcface-112, dlib-150, facenet-160 or a JSON file"
    )
    group.add_argument(
        "--mean", type=mean, metavar="M|R,G,B", help="subtracted from the pixels, in the channels' order"
    )
    group.add_argument("--scale", type=factor, metavar="S", help="then multiplies them, such as 1/127.5")
    group.add_argument("--metric", choices=("cosine", "euclidean"), help="metric of the descriptors")
    group.add_argument("--mirrored", action="store_true", help="average a face and its mirror image")
    group.add_argument("--cam-layer", metavar="LAYER", help="draw class activation maps from this layer")
    group.add_argument(
        "--photos", type=Path, metavar="DIR", help=f"compare layers on up to {MOST_PHOTOS} of these photos"
    )
    group.add_argument("--licence", metavar="TEXT", default="not stated", help="licence of the weights")
    group.add_argument(
        "--training-data", metavar="TEXT", default="not stated", help="photos that the network was trained on"
    )


def mean(text: str) -> tuple[float, float, float]:
    """One number, or three separated by commas, for argparse."""
    numbers = [float(each) for each in text.split(",")]
    if len(numbers) not in (1, 3):
        raise ValueError("one number or three")
    first, second, third = numbers * (3 // len(numbers))
    return first, second, third


def factor(text: str) -> float:
    """A number or a fraction, for argparse."""
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def install(path: Path, options: argparse.Namespace, ticker: Ticker) -> None:
    """Import a file, and print the outcome.

    Raises:
        RefusedError: the name, the photos or the file are not acceptable.
        BrainError: codes 2 and 4.
    """
    name = name_for(path, options.name)
    ticker.show("Loading PyTorch")
    from brain.importers.onnx_import import import_onnx

    settings = Settings.from_environment()
    measured: list[str] = []

    def choose(network: ImportedNetwork) -> str:
        layer, lines = choose_layer(network, photos_in(options.photos), settings, ticker)
        measured.extend(lines)
        return layer

    imported, checked = import_onnx(
        path,
        settings.models_dir,
        stated(name, options),
        choose if options.photos else None,
        ticker.show,
    )
    ticker.clear()
    print(in_words(imported.config, path.name, imported.source.sha256, checked, measured))


def name_for(path: Path, asked: str | None) -> str:
    """The model's name: the given one, or the file's.

    Raises:
        RefusedError: the name is not suitable for a folder.
    """
    name = asked or re.sub(r"[^a-z0-9._-]+", "-", path.stem.casefold()).strip("-._")
    if not NAME.fullmatch(name):
        raise RefusedError(f"{name!r} cannot be the name of a model", HINT_NAME)
    return name


def stated(name: str, options: argparse.Namespace) -> OnnxOptions:
    """The options of the import, from the command line."""
    from brain.importers.onnx_import import OnnxOptions
    from brain.importers.presets import family_for

    return OnnxOptions(
        name=name,
        family=family_for(options.family, options.alignment),
        alignment=options.alignment,
        mean=options.mean,
        scale=options.scale,
        channel_order=options.channel_order,
        metric=options.metric,
        mirrored=options.mirrored,
        cam_layer=options.cam_layer,
        licence=options.licence,
        training_data=options.training_data,
        dtype=options.dtype,
    )


def photos_in(folder: Path) -> list[Path]:
    """Up to `MOST_PHOTOS` photos in and below a folder, spread evenly.

    Raises:
        RefusedError: there are fewer than two photos.
    """
    found = sorted(path for path in folder.rglob("*") if path.suffix.casefold() in PHOTOS)
    if len(found) < 2:
        raise RefusedError(f"{folder} holds {len(found)} photos, too few to compare layers on", HINT_PHOTOS)
    count = min(MOST_PHOTOS, len(found))
    return [found[number * len(found) // count] for number in range(count)]


def choose_layer(
    network: ImportedNetwork, photos: Sequence[Path], settings: Settings, ticker: Ticker
) -> tuple[str, list[str]]:
    """The layer whose class activation maps best find the pixels that matter, and the measurements.

    For the comparison, each photo's face is a person of a temporary gallery.

    Raises:
        RefusedError: fewer than two photos show a face.
        BrainError: codes 2 and 4.
    """
    from brain.explanation.cam_layers import compare_layers, last_of_each_size
    from brain.recognition.gallery import Gallery
    from brain.recognition.loading import gallery_tensors

    views = faces_of(photos, network.config, settings)
    if len(views) < 2:
        raise RefusedError(f"{len(views)} of the photos show a face, too few to compare layers", HINT_PHOTOS)
    found = [network.forward_with_activations(view.pixels) for view in views]
    people = {str(number): network.descriptor(each).numpy()[None] for number, each in enumerate(found)}
    tensors = gallery_tensors(Gallery.from_descriptors(people, "", ""), network.config)
    knows_them = network.with_gallery(tensors["gallery.weight"], tensors["gallery.bias"])
    compared = compare_layers(
        knows_them,
        last_of_each_size(network.sides),
        views,
        lambda done: ticker.show(f"Compared layers on {done} of {len(views)} faces"),
    )
    lines = [
        f"    {each.layer} ({network.sides[each.layer]} x {network.sides[each.layer]}): "
        f"deletion {each.deletion:.3f}, insertion {each.insertion:.3f}"
        for each in compared
    ]
    return compared[0].layer, [
        f"  layers     on {len(views)} faces, the best first:",
        *(f"    {x}" for x in lines),
    ]


def faces_of(photos: Sequence[Path], config: ModelConfig, settings: Settings) -> list[FaceView]:
    """The main face of each photo that shows a face."""
    from brain.face.photo import decode
    from brain.pipeline.face_location import FaceLocator

    locator, views = FaceLocator.load(settings, config), []
    for path in photos:
        try:
            views.append(locator.find(decode(path.read_bytes())).view)
        except BrainError as error:
            if not error.photo_at_fault:
                raise
    return views


def in_words(config: ModelConfig, file: str, sha256: str, checked: Checked, measured: Sequence[str]) -> str:
    """An imported model, described for the terminal."""
    assert config.graph is not None
    side = next(layer.side for layer in config.graph.layers if layer.name == config.cam.layer)
    compared = (
        "onnxruntime is not installed"
        if checked.onnxruntime is None
        else f"onnxruntime differs by {checked.onnxruntime:.0e}"
    )
    return "\n".join(
        [
            f"imported: {config.name} from {file}, {config.descriptor_size} numbers per descriptor",
            f"  source     sha256 {sha256}",
            f"  picture    {config.input_size} x {config.input_size} {config.channel_order}, "
            f"mean {', '.join(f'{each:g}' for each in config.mean)}, scale {config.scale:g}",
            f"  metric     {config.metric}",
            f"  checked    finite, repeatable, a batch of 16 differs by {checked.batch:.0e}, {compared}",
            f"  map        {config.cam.layer}, {side} x {side}",
            *measured,
            f"  licence    {config.licence}",
            f"Next: `brain people build FOLDER --model {config.name}`, then "
            f"`brain model calibrate {config.name} FOLDER`.",
        ]
    )
