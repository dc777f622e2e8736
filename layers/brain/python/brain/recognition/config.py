"""The configuration of a network, stored in its weights file. Imports no torch.

The configuration is stored as JSON under `spec` in the metadata of `weights.safetensors`. Fields that are
missing in a file keep their defaults, which are VGG-Face's, the first architecture.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from brain.core.schema import CamMethod
from brain.recognition.onnx.graph import Graph

Architecture = Literal["vgg", "dlib-resnet", "onnx"]
Metric = Literal["cosine", "euclidean"]
Point = tuple[float, float]
Template = tuple[Point, Point, Point, Point, Point]


@dataclass(frozen=True)
class CamConfig:
    """The default class activation map of a network.

    Attributes:
        method: Grad-CAM, LayerCAM or HiResCAM.
        layer: name of the layer; None for the last one.
    """

    method: CamMethod = "gradcam"
    layer: str | None = None


@dataclass(frozen=True)
class OpenSetCalibration:
    """A logistic regression that separates people in the gallery from all others.

    The first input is the best logit, the second one its lead over the mean of the runners-up (a cohort, as
    in t-norm: Auckenthaler, Carey, Lloyd-Thomas, "Score Normalization for Text-Independent Speaker
    Verification Systems", Digital Signal Processing 10, 2000). The third one is the same lead for the best
    identity's own mean descriptor in place of the face's: how far that person stands out from the others in
    the gallery. Both leads together are the adaptive s-norm of Matejka et al., "Analysis of Score
    Normalization in Multilingual Speaker Recognition", Interspeech 2017, without its standard deviations.

    Attributes:
        top1: coefficient of the best logit.
        lead: coefficient of its lead.
        intercept: the intercept.
        cohort: number of runners-up that are averaged.
        isolation: coefficient of the best identity's own lead; 0 for a network without a gallery.
    """

    top1: float
    lead: float
    intercept: float
    cohort: int
    isolation: float = 0.0


@dataclass(frozen=True)
class ModelConfig:
    """Architecture, preprocessing, alignment and calibration of a network.

    Attributes:
        identities: number of rows of the last layer. For a network with a gallery, it is the gallery's number
            of people, whatever the file says.
        input_size: side of the square input, in pixels.
        mean: subtracted per channel, 0 to 255, in `channel_order`.
        scale: multiplies the centred pixels.
        channel_order: `RGB` or `BGR`.
        crop_scale: side of the stored crop, in multiples of the network's field of view if there is a
            `template`, otherwise in multiples of the face's box.
        blocks: VGG: widths of the convolutions, block by block.
        fully_connected: VGG: widths of fc6 and fc7.
        template: where the right eye, left eye, nose tip, right and left mouth corner (the person's own
            right and left) lie in the input, as fractions of its side; None for a network that expects an
            upright square around the face.
        cam: the default class activation map.
        mirrored: whether people are named by the mean descriptor of the input and its mirror image.
        metric: gallery: what a logit measures, see `brain.recognition.descriptor_network`.
        logit_scale: gallery: multiplies what `metric` measures to give a logit.
        descriptor_size: gallery: length of a descriptor.
        graph: onnx: the operators.
        open_set: calibration of `brain.recognition.certainty`; None if it was not fitted.
    """

    name: str
    version: str
    identities: int
    input_size: int
    mean: tuple[float, float, float]
    scale: float
    channel_order: str
    crop_scale: float
    training_data: str
    licence: str
    architecture: Architecture = "vgg"
    blocks: tuple[tuple[int, ...], ...] = ()
    fully_connected: tuple[int, ...] = ()
    template: Template | None = None
    cam: CamConfig = CamConfig()
    mirrored: bool = False
    metric: Metric = "cosine"
    logit_scale: float = 1.0
    descriptor_size: int = 128
    graph: Graph | None = None
    open_set: OpenSetCalibration | None = None

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Parse the metadata. Unknown keys, of other versions, are ignored.

        Raises:
            ValueError, TypeError, KeyError: the text is not a configuration.
        """
        stored = json.loads(text)
        values: dict[str, Any] = {
            field.name: _as_tuples(stored[field.name]) for field in fields(cls) if field.name in stored
        }
        if values.get("graph") is not None:
            values["graph"] = Graph.from_stored(values["graph"])
        if "cam" in values:
            values["cam"] = CamConfig(**values["cam"])
        if values.get("open_set") is not None:
            values["open_set"] = OpenSetCalibration(**values["open_set"])
        return cls(**values)

    @property
    def has_gallery(self) -> bool:
        """Whether the identities are the rows of a gallery, which is a file beside the weights."""
        return self.architecture in ("dlib-resnet", "onnx")

    def to_json(self) -> str:
        """The text that `from_json` reads."""
        return json.dumps(asdict(self))


def _as_tuples(value: Any) -> Any:
    """Convert JSON's lists to tuples, at any depth."""
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value
