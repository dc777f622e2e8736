"""What every part of the JSON contract is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Change = Annotated[float, Field(ge=-1.0, le=1.0)]
Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


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
