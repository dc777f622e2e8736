"""The output of an explanation: a result and its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch

from brain.core.results import Face, Model, PhotoRequest, Result, Status
from brain.core.stopwatch import Stopwatch
from brain.explanation.findings import Findings
from brain.recognition.model import LoadedModel
from brain.rendering import drawing
from brain.rendering.words import rules as words


@dataclass(frozen=True)
class ExplainedPhoto:
    """A result and its artifacts, file name -> bytes; `result.json` itself is not among them."""

    result: Result
    files: dict[str, bytes]


def whole(stages: Iterator[ExplainedPhoto]) -> ExplainedPhoto:
    """Both stages joined."""
    named, done = stages
    return ExplainedPhoto(done.result, {**named.files, **done.files})


def named_result(request: PhotoRequest, model: LoadedModel, face: Face) -> Result:
    """A result with status `named`, before any findings are in it."""
    return Result(
        id=request.upload_id,
        status=Status.NAMED,
        created_at=request.created_at,
        source=request.source,
        model=describe_model(model),
        face=face,
    )


def explained(
    result: Result, findings: Findings, pictures: Mapping[str, drawing.Picture], clock: Stopwatch
) -> ExplainedPhoto:
    """A stage as it is stored: the result with its findings, and the new pictures."""
    update = {
        "artifacts": {**result.artifacts, **artifacts_of(pictures)},
        "timings": dict(clock.timings),
    }
    complete = with_findings(result, findings).model_copy(update=update)
    return ExplainedPhoto(complete, contents_of(pictures))


def contents_of(pictures: Mapping[str, drawing.Picture]) -> dict[str, bytes]:
    """Files by name."""
    return {picture.name: picture.data for picture in pictures.values()}


def artifacts_of(pictures: Mapping[str, drawing.Picture]) -> dict[str, str]:
    """File names by role."""
    return {role: picture.name for role, picture in pictures.items()}


def with_findings(result: Result, findings: Findings) -> Result:
    """The result with everything that follows from a crop, and the sentences about it."""
    return with_words(
        result.model_copy(
            update={
                "identity": findings.identity,
                "candidates": findings.candidates,
                "features": findings.features,
                "explanation": findings.explanation,
                "passes": findings.passes,
            }
        )
    )


def with_words(result: Result) -> Result:
    """The result with its sentences written anew from everything else in it."""
    return result.model_copy(update={"explanation": words.explanation(result)})


def describe_model(model: LoadedModel) -> Model:
    """The description of the network that is stored in a result."""
    network = model.network
    return Model(
        name=network.config.name,
        version=network.config.version,
        identities=network.config.identities,
        sha256=model.sha256,
        people=model.people,
        dtype="bfloat16" if network.dtype is torch.bfloat16 else "float32",
    )
