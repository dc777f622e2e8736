"""The JSON contract: what `result.json` holds and what the API answers.

Every model is strict about names (an unknown field is an error), so that the page, the store and
the pipeline cannot drift apart unnoticed. Boxes are in pixels, origin at the top left. The face's
boxes refer to the upright photo, a feature's box refers to `cropped.jpg`.
"""

from __future__ import annotations

import base64
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from brain.core.errors import BrainError

if TYPE_CHECKING:
    import numpy as np

ID_PATTERN = r"^[0-9a-f]{32}$"

ResultId = Annotated[str, Field(pattern=ID_PATTERN, description="32 lower-case hex characters")]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Change = Annotated[float, Field(ge=-1.0, le=1.0)]
Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Status(StrEnum):
    """Where a photo is on its way. `done` and `failed` are terminal."""

    WAITING = "waiting"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


class Verdict(StrEnum):
    """How well the network knows the face: `nobody` means nobody it knows, the name is only the nearest."""

    STRONG = "strong"
    WEAK = "weak"
    NOBODY = "nobody"


class Check(StrEnum):
    """How much of an explanation is tested before it is shown.

    `features`: every feature is blurred out, and control regions beside it. `full`: also the evidence
    map and the fidelity of both maps.
    """

    OFF = "off"
    FEATURES = "features"
    FULL = "full"


class Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Box(Contract):
    """An axis-aligned rectangle in pixels. `x` and `y` may be negative where a crop leaves the photo."""

    x: int
    y: int
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class Source(Contract):
    """Where the photo came from. `width` and `height` are those of the upright photo, in pixels."""

    bucket: str | None = None
    key: str | None = None
    etag: str | None = None
    width: int | None = None
    height: int | None = None


class Model(Contract):
    """Which network answered, and in what it computed; `sha256` is that of its weights file."""

    name: str
    version: str
    identities: int
    sha256: str
    dtype: Literal["float32", "bfloat16"] = "float32"


class OtherFace(Contract):
    """A face that was found but not explained. Ask for it by `index`."""

    index: int
    box: Box


class Face(Contract):
    """The explained face: `box` as the cascade found it, `crop` the aligned square cut out around it."""

    index: int = 0
    box: Box
    crop: Box
    cascade: str
    others: list[OtherFace] = []


class Named(Contract):
    """`label` is the 0-based line of names.txt, `probability` the softmax over all identities."""

    label: int
    name: str
    probability: Fraction


class Identity(Named):
    """The most alike; `certainty` is the chance that the person is one of the identities at all."""

    certainty: Fraction
    verdict: Verdict


class Map(Contract):
    """A class activation map at the feature map's own size; `data` is base64 of row-major uint8."""

    height: int
    width: int
    data: str

    @classmethod
    def from_array(cls, array: np.ndarray) -> Map:
        """Encode an (H, W) uint8 array."""
        height, width = array.shape
        return cls(height=height, width=width, data=base64.b64encode(array.tobytes()).decode("ascii"))

    @property
    def is_empty(self) -> bool:
        """Whether the map is zero everywhere."""
        return not any(base64.b64decode(self.data))

    def to_array(self) -> np.ndarray:
        """Decode to an (H, W) uint8 array."""
        import numpy

        flat = numpy.frombuffer(base64.b64decode(self.data), dtype=numpy.uint8)
        return flat.reshape(self.height, self.width)


class SignedMap(Contract):
    """A class activation map before its ReLU: value = data * scale / 127, in units of the logit.

    `data` is base64 of row-major int8. The map of logit A minus logit B is A's minus B's.
    """

    height: int
    width: int
    scale: float = Field(ge=0.0)
    data: str

    @classmethod
    def from_array(cls, array: np.ndarray) -> SignedMap:
        """Encode an (H, W) float array to within scale / 254, `scale` being its largest magnitude."""
        import numpy

        scale = float(f"{float(abs(array).max()):.6g}")
        steps = numpy.rint(array * (127 / scale)).clip(-127, 127) if scale else numpy.zeros_like(array)
        height, width = array.shape
        data = base64.b64encode(steps.astype(numpy.int8).tobytes()).decode("ascii")
        return cls(height=height, width=width, scale=scale, data=data)

    def to_array(self) -> np.ndarray:
        """Decode to an (H, W) float64 array in units of the logit."""
        import numpy

        flat = numpy.frombuffer(base64.b64decode(self.data), dtype=numpy.int8)
        return flat.reshape(self.height, self.width) * (self.scale / 127)


class Candidate(Named):
    """One of the five most alike identities, with the maps of its own logit.

    Attributes:
        map: Grad-CAM, from the activations of one forward pass.
        signed: the same before its ReLU and unstretched.
        evidence: measured: how far this logit falls when a soft window is blurred out there. A rise
            counts as zero; stretched to 0 to 255. None unless the check is full.
    """

    map: Map
    signed: SignedMap | None = None
    evidence: Map | None = None


class Effect(Contract):
    """How far the named identity's probability and logit fall when something is blurred out.

    Positive: they fall, so what was blurred out speaks for the name. Negative: they rise.
    """

    probability: Change
    logit: float


class Control(Effect):
    """The effect of a region of equal area elsewhere in the face; `box` in pixels of the crop."""

    box: Box


class Feature(Contract):
    """A part of the face, and the mean of the Grad-CAM map inside its box (0 to 1).

    Attributes:
        significant: the score is above the threshold: the map is bright here.
        effect: what blurring the feature out does; None when the check is off.
        controls: what blurring out regions of equal area elsewhere in the face does.
        falls: by how much each candidate's logit falls without the feature, in the order of the
            candidates; empty when the check is off.
        reason: the effect is large and exceeds every control, so the name depends on this feature.
    """

    name: str
    box: Box
    located_by: Literal["cascade", "geometry"]
    score: Fraction
    significant: bool
    effect: Effect | None = None
    controls: list[Control] = []
    falls: list[float] = []
    reason: bool = False


class Reason(Contract):
    """Something that the name was shown to depend on: a feature, or a pair measured jointly.

    Attributes:
        features: one name, or a left and a right one.
        before, after: the named identity's probability with it and without it.
        effect: the fall when all of `features` is blurred out.
        control: the largest fall that any control region of equal area caused.
        area: share of the crop that was blurred out.
    """

    features: list[str]
    before: Fraction
    after: Fraction
    effect: Effect
    control: Effect
    area: Fraction


class Areas(Contract):
    """Two areas under a curve of the named identity's probability, as a share of that of the whole crop.

    `deletion`: the map's brightest pixels are blurred away first; low is good. `insertion`: they are
    the first to come back to a blurred crop; high is good.
    """

    deletion: Fraction
    insertion: Fraction


class Fidelity(Contract):
    """How well each map tells the pixels that count, on this photo, against three that know nothing.

    `inverted` is the shown map turned upside down (evidence where there is one, Grad-CAM else),
    `centre` a blurred dot in the middle, `random` blurred noise.
    """

    grad_cam: Areas
    evidence: Areas | None = None
    random: Areas
    inverted: Areas
    centre: Areas


class Contrast(Contract):
    """Why this name and not that one.

    `map` shows where the logit of `label_for` beats that of `label_against`, `against` the opposite;
    255 is the same difference in both.
    """

    label_for: int
    label_against: int
    map: Map
    against: Map
    features_for: list[str]
    features_against: list[str]
    sentence: str


class Explanation(Contract):
    """The justification, in words and in the figures behind them.

    Attributes:
        language: that of every sentence here.
        outside: the share of the Grad-CAM map's mass that lies on no named feature.
        evidence_outside: the same for the evidence map.
        check: how much was tested.
        reasons: what the name depends on, the largest effect first.
        fidelity: None unless the check is full.
        contrast: the first candidate against the second.
    """

    sentences: list[str]
    language: Language = "en"
    outside: Fraction = 0.0
    evidence_outside: Fraction | None = None
    check: Check = Check.OFF
    reasons: list[Reason] = []
    fidelity: Fidelity | None = None
    contrast: Contrast | None = None


class Problem(Contract):
    """An error as it is stored with a result."""

    code: int = Field(ge=1, le=6)
    message: str
    reason: str
    hint: str

    @classmethod
    def of(cls, error: BrainError) -> Problem:
        """The stored form of an error that was raised."""
        return cls(code=error.code, message=error.message, reason=error.reason, hint=error.hint)


class Result(Contract):
    """One photo's answer, at any point of its life.

    `artifacts` maps a role (cropped, gc_map, heat_map, blended, evidence) to a file name beside
    `result.json`; the API replaces the file names by short-lived URLs. `timings` is in seconds
    by stage. A result with error code 6 is `done`: name and maps stand, only reasons are missing.
    """

    id: ResultId
    status: Status
    created_at: datetime
    finished_at: datetime | None = None
    source: Source = Source()
    model: Model | None = None
    face: Face | None = None
    identity: Identity | None = None
    candidates: list[Candidate] = []
    features: list[Feature] = []
    explanation: Explanation | None = None
    artifacts: dict[str, str] = {}
    error: Problem | None = None
    timings: dict[str, float] = {}
