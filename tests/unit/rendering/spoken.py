"""Results to put into words."""

from __future__ import annotations

from brain.core.clock import now
from brain.core.explanations import (
    Candidate,
    Contrast,
    Effect,
    Feature,
    Justification,
    Map,
    Reason,
)
from brain.core.results import Identity, Result, Status, Verdict
from brain.core.schema import Box, Check

BRIGHT = Map(height=1, width=1, data="/w==")
EMPTY = Map(height=1, width=1, data="AA==")
BOX = Box(x=0, y=0, width=1, height=1)


def feature(name: str, score: float = 0.1, fall: float | None = None) -> Feature:
    effect = None if fall is None else Effect(probability=fall, logit=10 * fall)
    return Feature(
        name=name, box=BOX, located_by="geometry", score=score, significant=score > 0.5, effect=effect
    )


def reason(*names: str, before: float = 0.83, after: float = 0.31) -> Reason:
    fall = Effect(probability=before - after, logit=3)
    nothing = Effect(probability=0, logit=0)
    return Reason(features=list(names), before=before, after=after, effect=fall, control=nothing, area=0.1)


def result(
    first: float = 0.83,
    second: float = 0.01,
    features: tuple[Feature, ...] = (),
    seen: Map = BRIGHT,
    verdict: Verdict = Verdict.STRONG,
    **fields: object,
) -> Result:
    who = {"label": 0, "name": "Ada Lovelace", "probability": first}
    return Result(
        id="0" * 32,
        status=Status.DONE,
        created_at=now(),
        identity=Identity(**who, certainty=0.9, verdict=verdict),  # type: ignore[arg-type]
        candidates=[
            Candidate(**who, map=seen),  # type: ignore[arg-type]
            Candidate(label=1, name="Alan Turing", probability=second, map=seen),
        ],
        features=list(features),
        explanation=Justification(**{"sentences": [], "check": Check.FULL, **fields}),  # type: ignore[arg-type]
    )


def contrast(speaking_for: list[str], speaking_against: list[str]) -> Contrast:
    return Contrast(
        label_for=0,
        label_against=1,
        map=BRIGHT,
        against=BRIGHT,
        features_for=speaking_for,
        features_against=speaking_against,
        sentence="",
    )
