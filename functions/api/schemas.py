"""Request and response bodies of the HTTP API, apart from the results themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from brain.core.results import Status
from brain.core.schema import ResultId


def _integral(value: object) -> object:
    """Convert a float without a fraction, which JSON Schema regards as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


JsonInteger = Annotated[int, BeforeValidator(_integral)]
CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp")


class EnrolmentRequest(BaseModel):
    """What a client declares about a photo of a person before uploading it. `size` is in bytes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    content_type: str = Field(max_length=100, json_schema_extra={"enum": list(CONTENT_TYPES)})
    size: JsonInteger = Field(gt=0)


class UploadRequest(EnrolmentRequest):
    """What a client declares about a photo before uploading it.

    `size` is in bytes, `face` the index of the face to explain, `compare_with` the id of a result to compare
    the photo with.
    """

    face: JsonInteger = Field(default=0, ge=0, le=999)
    compare_with: ResultId | None = None


class Form(BaseModel):
    """A presigned POST: send every field unchanged, then the photo as `file`."""

    url: str
    fields: dict[str, str]


class UploadCreated(BaseModel):
    """Where to send the photo and by when, and where its result will be."""

    id: str
    status: Status
    upload: Form
    result: str
    expires_at: datetime
    max_bytes: int


class IdentityFound(BaseModel):
    """One identity; `label` is the 0-based line of names.txt. Those of the stack's own people follow."""

    label: int
    name: str
    source: Literal["embedded", "own"]


class Identities(BaseModel):
    """Search results; `matches` counts all of them, including those beyond the limit."""

    model: str
    total: int
    matches: int
    identities: list[IdentityFound]


class Health(BaseModel):
    """State and version of the API."""

    status: str
    model: str
    version: str
