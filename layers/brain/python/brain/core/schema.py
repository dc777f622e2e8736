"""Types shared by all parts of the JSON contract."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Change = Annotated[float, Field(ge=-1.0, le=1.0)]
Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
ID_PATTERN = r"^[0-9a-f]{32}$"
ResultId = Annotated[str, Field(pattern=ID_PATTERN, description="32 lower-case hex characters")]
CamMethod = Literal["gradcam", "layercam", "hirescam"]
CAM_METHODS: tuple[CamMethod, ...] = get_args(CamMethod)
PeopleSource = Literal["embedded", "own", "both"]
PEOPLE_SOURCES: tuple[PeopleSource, ...] = get_args(PeopleSource)


class Check(StrEnum):
    """How thoroughly an explanation is tested.

    `features`: each feature and its control regions are blurred out. `full`: the evidence map and the
    fidelity of the maps are measured as well.
    """

    OFF = "off"
    FEATURES = "features"
    FULL = "full"


class Detector(StrEnum):
    """What proposes faces. YuNet confirms every proposal in either case."""

    YUNET = "yunet"
    CASCADES = "cascades"


class Contract(BaseModel):
    """Base class of all models: immutable, and unknown fields are errors, which do not quote the input."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Box(Contract):
    """An axis-aligned rectangle in pixels. `x` and `y` are negative where a crop extends beyond the photo."""

    x: int
    y: int
    width: int = Field(gt=0)
    height: int = Field(gt=0)
