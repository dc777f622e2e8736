"""The part of the JSON contract that compares two photos: do they show the same person, and why?"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from brain.core.explanations import Feature, Map, Reason
from brain.core.schema import Box, Contract, Fraction, Language, ResultId

Point = tuple[float, float]


class LikenessVerdict(StrEnum):
    """Whether two photos show the same person, graded by the probability that they do."""

    SAME = "same"
    PROBABLY_SAME = "probably_same"
    UNCLEAR = "unclear"
    PROBABLY_DIFFERENT = "probably_different"
    DIFFERENT = "different"

    @property
    def is_against(self) -> bool:
        """Whether two people are likely, so that the verdict rests on what speaks against one."""
        return self in (LikenessVerdict.PROBABLY_DIFFERENT, LikenessVerdict.DIFFERENT)


class ComparedPhoto(Contract):
    """One photo of a pair, and how the likeness changes when parts of this photo alone are blurred out.

    An `effect` is how far `Comparison.probability` falls; its logit is the log-odds. It is negative where
    blurring makes the two photos more alike: what was blurred out speaks against one person.

    Attributes:
        input: the square of the photo's crop that the network sees, in pixels of the crop; maps cover it.
        landmarks: right eye, left eye, nose tip, right and left mouth corner, in pixels of the crop.
        features: with effects and controls; `score` is the mean inside the box of the map that the verdict
            rests on: `against` where two people are likely, `evidence` otherwise.
        reasons: what makes the photos alike, the largest effect first: the probability falls without it.
        reasons_against: what speaks against one person: the probability rises without it.
        evidence: where the photo is like the other one, 0 to 255.
        against: where the photo is unlike the other one, on the same scale as `evidence`.
    """

    input: Box
    landmarks: list[Point] = Field(min_length=5, max_length=5)
    features: list[Feature]
    reasons: list[Reason]
    reasons_against: list[Reason]
    evidence: Map
    against: Map

    def map_of(self, verdict: LikenessVerdict) -> Map:
        """The map that the verdict rests on."""
        return self.against if verdict.is_against else self.evidence


class Comparison(Contract):
    """How a photo compares with another one.

    Attributes:
        with_id: id of the other photo's result.
        similarity: the cosine of the two descriptors.
        probability: the share of equally similar pairs that show one person, if pairs of one person and of
            two people are equally frequent.
        photos: this photo and the other one.
        language: the language of the sentences.
        mentions: the features that each sentence is about, the same in every language.
        translations: the sentences in every language.
        passes: forward passes of the network by experiment, over both photos.
    """

    with_id: ResultId
    similarity: float = Field(ge=-1.0, le=1.0)
    probability: Fraction
    verdict: LikenessVerdict
    photos: tuple[ComparedPhoto, ComparedPhoto]
    sentences: list[str] = []
    language: Language = "en"
    mentions: list[list[str]] = []
    translations: dict[Language, list[str]] = {}
    passes: dict[str, float] = {}
