"""Small results, made by hand."""

from __future__ import annotations

from datetime import datetime

from brain.core.clock import now
from brain.core.comparisons import ComparedPhoto, Comparison, LikenessVerdict
from brain.core.explanations import Candidate, Effect, Feature, Justification, Map, Reason
from brain.core.results import (
    Face,
    Identity,
    Model,
    Result,
    Source,
    Status,
    Verdict,
)
from brain.core.schema import Box


def done_result(upload_id: str, created_at: datetime, source: Source) -> Result:
    """A small but complete result."""
    who = Identity(label=12, name="Bill Clinton", probability=0.9, certainty=0.95, verdict=Verdict.STRONG)
    grey = Map(height=1, width=2, data="AP8=")
    box = Box(x=1, y=2, width=3, height=4)
    return Result(
        id=upload_id,
        status=Status.DONE,
        created_at=created_at,
        finished_at=now(),
        source=source,
        model=Model(name="dlib-resnet", version="1", identities=158, sha256="ab" * 32),
        face=Face(
            box=box,
            crop=box,
            landmarks=[(1.5, 3), (3, 3), (2.2, 4), (1.6, 5), (2.9, 5)],
            found_by="yunet",
            transform=((1, 0, -1), (0, 1, -2)),
            input=Box(x=0, y=0, width=3, height=3),
        ),
        identity=who,
        candidates=[Candidate(**who.model_dump(include={"label", "name", "probability"}), map=grey)],
        features=[Feature(name="nose", box=box, located_by="geometry", score=0.75, significant=True)],
        explanation=Justification(sentences=["Mostly the nose."], outside=0.25),
        artifacts={"cropped": "cropped.jpg", "gc_map": "gc_map_12.png"},
        timings={"total": 0.1},
    )


def compared_result(done: Result, with_id: str) -> Result:
    """A complete result of a photo that was compared with the photo of another result."""
    box = Box(x=0, y=0, width=3, height=3)
    effect, control = Effect(probability=0.3, logit=2.1), Effect(probability=0.1, logit=1.2)
    nose = Feature(
        name="nose", box=box, located_by="geometry", score=0.75, significant=True, effect=effect, reason=True
    )
    photo = ComparedPhoto(
        input=box,
        landmarks=[(0.5, 1), (2, 1), (1.2, 2), (0.6, 3), (1.9, 3)],
        features=[nose],
        reasons=[Reason(features=["nose"], before=0.9, after=0.6, effect=effect, control=control, area=0.1)],
        reasons_against=[],
        evidence=Map(height=1, width=2, data="AP8="),
        against=Map(height=1, width=2, data="/wA="),
    )
    comparison = Comparison(
        with_id=with_id,
        similarity=0.95,
        probability=0.9,
        verdict=LikenessVerdict.PROBABLY_SAME,
        photos=(photo, photo),
        sentences=["Probably the same person.", "Mostly the nose."],
        mentions=[[], ["nose"]],
        translations={
            "en": ["Probably the same person.", "Mostly the nose."],
            "de": ["Vermutlich.", "Die Nase."],
        },
    )
    artifacts = {**done.artifacts, "other_cropped": "other_cropped.jpg", "comparison": "comparison.jpg"}
    return done.model_copy(update={"comparison": comparison, "artifacts": artifacts})


def named_result(done: Result) -> Result:
    """The first stage of a complete result."""
    return done.model_copy(update={"status": Status.NAMED, "finished_at": None})
