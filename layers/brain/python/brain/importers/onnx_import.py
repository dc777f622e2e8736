"""Imports a recogniser from an ONNX file.

read -> check and convert the graph -> write aside -> load and compare -> move into place
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from brain.core.errors import RefusedError
from brain.core.files import file_sha256
from brain.importers import onnx_file, writer
from brain.importers.contents import ChannelOrder
from brain.importers.importer import Imported, Progress, staging
from brain.importers.inspection import GALLERY, WEIGHTS, StoredDtype
from brain.importers.onnx_checks import Checked, check
from brain.importers.onnx_graph import Converted, convert
from brain.importers.presets import LOGIT_SCALE, Alignment, Family, find_alignment
from brain.importers.writer import ImportSource
from brain.recognition.calibration import CALIBRATION
from brain.recognition.config import CamConfig, Metric, ModelConfig
from brain.recognition.loading import load_without_people
from brain.recognition.onnx.graph import Graph
from brain.recognition.onnx.network import ImportedNetwork
from brain.recognition.pairs import PAIRS

USUAL_MAP = 14
HINT_NAME = "Choose another name with --as, or remove the folder."
ChooseLayer = Callable[[ImportedNetwork], str]


@dataclass(frozen=True)
class OnnxOptions:
    """What the file itself does not say.

    Attributes:
        name: name of the model's folder.
        family: whose normalisation, channel order, metric and alignment are the defaults.
        alignment: name of an alignment, or a JSON file; None for the family's.
        mean, scale, channel_order, metric: None for the family's.
        mirrored: whether people are named by the mean descriptor of the input and its mirror image.
        cam_layer: the layer of the class activation maps; None to choose one.
        licence, training_data: as stated by the user.
        dtype: what to store the weights as.
    """

    name: str
    family: Family
    alignment: str | None = None
    mean: tuple[float, float, float] | None = None
    scale: float | None = None
    channel_order: ChannelOrder | None = None
    metric: Metric | None = None
    mirrored: bool = False
    cam_layer: str | None = None
    licence: str = "not stated"
    training_data: str = "not stated"
    dtype: StoredDtype = "float32"


def import_onnx(
    path: Path,
    models_dir: Path,
    options: OnnxOptions,
    choose_layer: ChooseLayer | None = None,
    progress: Progress = lambda text: None,
) -> tuple[Imported, Checked]:
    """Import a network as `models_dir/<options.name>`.

    Args:
        choose_layer: chooses the layer of the class activation maps if the options do not name one.
        progress: called with the step that begins.

    Raises:
        RefusedError: the file is not as expected; the message names the first unsupported operator.
        ForwardPassFailed: code 4, the network does not run.
    """
    alignment = find_alignment(options.alignment or options.family.alignment)
    directory = models_dir / options.name
    with staging(models_dir) as staged:
        progress(f"Reading {path.name}")
        converted = convert(onnx_file.read(path), alignment.size)
        config = configuration(converted, alignment, options)
        source = ImportSource(path.name, "ONNX", file_sha256(path))
        weights = {f"constants.{name}": array for name, array in converted.tensors.items()}
        progress("Writing the weights")
        writer.write(staged, config, weights, source, "float32")
        progress("Comparing answers")
        network = loaded(staged)
        checked = check(network, converted, path)
        if choose_layer is not None and options.cam_layer is None:
            progress("Comparing layers")
            config = replace(config, cam=CamConfig("layercam", choose_layer(network)))
        writer.write(staged, config, weights, source, options.dtype)
        if replaces_another(directory, staged):
            for calibration in (CALIBRATION, PAIRS):
                (directory / calibration).unlink(missing_ok=True)
        writer.move(staged, directory)
    return Imported(directory, config, source), checked


def configuration(converted: Converted, alignment: Alignment, options: OnnxOptions) -> ModelConfig:
    """The configuration to store with the weights."""
    family = options.family
    normalised = options.mean is None and options.scale is None and converted.normalises
    metric = options.metric or family.metric
    return ModelConfig(
        name=options.name,
        version="1.0",
        architecture="onnx",
        identities=1,  # as many as the gallery once it is loaded
        input_size=converted.size,
        mean=(0.0, 0.0, 0.0) if normalised else options.mean or family.mean,
        scale=1.0 if normalised else options.scale or family.scale,
        channel_order=options.channel_order or family.channel_order,
        crop_scale=alignment.crop_scale,
        template=alignment.template,
        cam=CamConfig("layercam", find_layer(converted.graph, options.cam_layer)),
        mirrored=options.mirrored,
        metric=metric,
        logit_scale=LOGIT_SCALE if metric == "cosine" else LOGIT_SCALE / 2,
        descriptor_size=converted.descriptor_size,
        graph=converted.graph,
        training_data=options.training_data,
        licence=options.licence,
    )


def find_layer(graph: Graph, wanted: str | None) -> str:
    """The layer of that name, or by default the last one whose map has sides of `USUAL_MAP` cells.

    Raises:
        RefusedError: there is no layer of that name; the hint lists the existing ones.
    """
    names = [layer.name for layer in graph.layers]
    if wanted is None:
        large = [layer.name for layer in graph.layers if layer.side >= USUAL_MAP]
        return (large or names)[-1]
    if wanted not in names:
        listed = ", ".join(f"{layer.name} ({layer.side} x {layer.side})" for layer in graph.layers)
        raise RefusedError(f"the network has no layer {wanted}", f"Its layers are {listed}.")
    return wanted


def loaded(staged: Path) -> ImportedNetwork:
    """The network as it was written."""
    network = load_without_people(staged)
    assert isinstance(network, ImportedNetwork)
    return network


def replaces_another(directory: Path, staged: Path) -> bool:
    """Whether the folder contains another network.

    Raises:
        RefusedError: it does, and has a gallery, whose descriptors only make sense with that network.
    """
    present = directory / WEIGHTS
    other = not present.exists() or file_sha256(present) != file_sha256(staged / WEIGHTS)
    if other and (directory / GALLERY).exists():
        raise RefusedError(f"{directory.name} holds another network and its people", HINT_NAME)
    return other
