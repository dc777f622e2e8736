"""Explains photos without a folder."""

from __future__ import annotations

from brain.core.clock import now
from brain.core.results import PhotoRequest, Source
from brain.pipeline.explained_photo import ExplainedPhoto
from brain.pipeline.explainer import Explainer

ID = "0123456789abcdef" * 2


def request(face: int = 0) -> PhotoRequest:
    return PhotoRequest(ID, now(), Source(key="a.jpg"), face)


def explain(explainer: Explainer, photo: bytes, face: int = 0) -> ExplainedPhoto:
    return explainer.explain(photo, request(face))
