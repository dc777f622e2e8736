"""Percentages for people to read."""

from __future__ import annotations

from brain.core.schema import Language

UNDER: dict[Language, str] = {"en": "under 1 %", "de": "unter 1 %"}
OVER: dict[Language, str] = {"en": "over 99 %", "de": "über 99 %"}


def percent(fraction: float, language: Language = "en") -> str:
    """A share as a percentage: never 0 % or 100 %, because no softmax is that certain.

    >>> percent(0.734), percent(0.0001), percent(0.9999)
    ('73 %', 'under 1 %', 'over 99 %')
    """
    if fraction < 0.01:
        return UNDER[language]
    if fraction > 0.99:
        return OVER[language]
    return f"{fraction:.0%}".replace("%", " %")
