"""The part of the JSON contract that explains: candidates with their maps, features, reasons, fidelity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from brain.core.arrays import decode, dequantize, encode, is_zero, quantize
from brain.core.schema import Box, CamMethod, Change, Check, Contract, Fraction, Language

if TYPE_CHECKING:
    import numpy as np


class Map(Contract):
    """A map over the square that the network sees (`face.input`); `data` is base64 of row-major uint8."""

    height: int
    width: int
    data: str

    @classmethod
    def from_array(cls, array: np.ndarray) -> Map:
        """Encode an (H, W) uint8 array."""
        height, width = array.shape
        return cls(height=height, width=width, data=encode(array))

    @property
    def is_empty(self) -> bool:
        """Whether the map is zero everywhere."""
        return is_zero(self.data)

    def to_array(self) -> np.ndarray:
        """Decode to an (H, W) uint8 array."""
        return decode(self.data, "uint8", self.height, self.width)


class SignedMap(Contract):
    """A class activation map of either sign: value = data * scale / 127, in units of the logit.

    `data` is base64 of row-major int8. The map of logit A minus logit B is A's minus B's.
    """

    height: int
    width: int
    scale: float = Field(ge=0.0)
    data: str

    @classmethod
    def from_array(cls, array: np.ndarray) -> SignedMap:
        """Encode an (H, W) float array to within scale / 254, `scale` being its largest magnitude."""
        steps, scale = quantize(array)
        height, width = array.shape
        return cls(height=height, width=width, scale=scale, data=encode(steps))

    def to_array(self) -> np.ndarray:
        """Decode to an (H, W) float64 array in units of the logit."""
        return dequantize(decode(self.data, "int8", self.height, self.width), self.scale)


class Named(Contract):
    """An identity: `label` is its 0-based line of names.txt, `probability` its softmax over all identities.

    The labels of the user's own people (`source` is `own`) follow those of names.txt.
    """

    label: int
    name: str
    probability: Fraction
    source: Literal["embedded", "own"] = "embedded"


class Candidate(Named):
    """One of the five identities with the largest logits, with the maps of its own logit.

    Attributes:
        map: the class activation map, by the method that `explanation.cam` names, stretched to 0 to 255.
        signed: the map that is linear in the logit: Grad-CAM or HiResCAM before the ReLU, unstretched.
            HiResCAM stands in for LayerCAM, which keeps only the positive gradients.
        grad_cam: Grad-CAM, stretched; None where `map` is Grad-CAM.
        evidence: LayerCAM plus how far this logit falls when a soft window is blurred out; stretched. None
            unless the check is full.
    """

    map: Map
    signed: SignedMap | None = None
    grad_cam: Map | None = None
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
    """A part of the face, and the mean of the class activation map inside its box (0 to 1).

    Attributes:
        significant: whether the score is above the threshold, so that the map is bright here.
        effect: what blurring the feature out does; None when the check is off, and for a feature that the
            network does not see.
        controls: what blurring out regions of equal area elsewhere in the face does; empty where the effect
            is too small for a reason anyway.
        falls: how far each candidate's logit falls without the feature, in the order of the candidates; empty
            where `effect` is None.
        reason: whether the effect is large and exceeds every control, so that the name depends on this
            feature.
    """

    name: str
    box: Box
    located_by: Literal["cascade", "landmarks", "geometry"]
    score: Fraction
    significant: bool
    effect: Effect | None = None
    controls: list[Control] = []
    falls: list[float] = []
    reason: bool = False


class Reason(Contract):
    """Something that the name was shown to depend on: a feature, a pair, or a set of features.

    Attributes:
        features: one name; two names for a left and right pair; more where only a set of features is a
            reason.
        before, after: the named identity's probability with it and without it.
        effect: the fall when all of `features` is blurred out.
        control: the largest fall that any control region of equal area caused.
        area: share of the network's input that was blurred out.
    """

    features: list[str]
    before: Fraction
    after: Fraction
    effect: Effect
    control: Effect
    area: Fraction


class Areas(Contract):
    """Areas under two curves of the named identity's probability, relative to that of the whole input.

    `deletion`: the map's brightest pixels are blurred out first; low is good. `insertion`: they are restored
    first in a blurred input; high is good.
    """

    deletion: Fraction
    insertion: Fraction


class Fidelity(Contract):
    """How well each map finds the pixels that matter in this photo, beside three baselines that ignore it.

    `cam` is the class activation map. The baselines are `inverted` (the evidence map inverted), `centre` (a
    blurred dot in the middle) and `random` (blurred noise).
    """

    cam: Areas
    evidence: Areas | None = None
    random: Areas
    inverted: Areas
    centre: Areas


class PairContrast(Contract):
    """Why one candidate and not another.

    Attributes:
        leads: what each feature adds to the lead of `label_for` over `label_against`, in the order of the
            features and in units of the logit; negative where it speaks for `label_against`.
        features_for, features_against: the features whose lead counts, best first.
    """

    label_for: int
    label_against: int
    leads: list[float] = []
    features_for: list[str]
    features_against: list[str]
    sentence: str


class Contrast(PairContrast):
    """Why this name and not that one, with maps.

    `map` shows where the logit of `label_for` exceeds that of `label_against`, `against` the opposite. 255
    stands for the same difference in both.
    """

    map: Map
    against: Map


class Translation(Contract):
    """Every sentence of an explanation in another language, in the order of the explanation's own lists."""

    sentences: list[str]
    contrasts: list[str]


class Justification(Contract):
    """The justification in words, and the figures behind it.

    Attributes:
        language: the language of every sentence here.
        cam: the method of the class activation maps.
        outside: the share of the class activation map's mass that lies on no named feature.
        evidence_outside: the same for the evidence map.
        check: how much was tested.
        reasons: what the name depends on, the largest effect first.
        fidelity: None unless the check is full.
        contrast: the first candidate against the second.
        contrasts: every pair of candidates, the better one of each pair first.
        mentions: the features that each sentence is about, the same in every language.
        translations: the sentences in every language.
    """

    sentences: list[str]
    language: Language = "en"
    cam: CamMethod = "gradcam"
    outside: Fraction = 0.0
    evidence_outside: Fraction | None = None
    check: Check = Check.OFF
    reasons: list[Reason] = []
    fidelity: Fidelity | None = None
    contrast: Contrast | None = None
    contrasts: list[PairContrast] = []
    mentions: list[list[str]] = []
    translations: dict[Language, Translation] = {}
