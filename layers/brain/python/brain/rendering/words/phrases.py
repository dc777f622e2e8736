"""The form of a language's table of phrases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A part of the face in a sentence; `without` is the pronoun in "without it"."""

    text: str
    without: str
    plural: bool = False


@dataclass(frozen=True)
class Hints:
    """What to do about error 6, by its reason."""

    none_significant: str
    feature_cascades: str


@dataclass(frozen=True)
class Phrases:
    """One language's table. Placeholders stand in braces.

    Attributes:
        parts: by the feature's name; pairs under "eyes", "brows", "cheeks".
        join: between the last two of several parts.
        strong, weak, nobody: who it is, by how well the network knows the face. {name} {match}
        uncalibrated: nothing was fitted that tells people whom the network knows from others.
        turned: the face had to be set upright. {degrees}
        reason, another: the first reason, and the next. {part} {it} {before} {after}
        together: the only reason is a set of features. {parts} {before} {after}
        whole: the only reason is all features together. {before} {after}
        even: no part counts more than any other place of its size.
        none: no part counts much by itself. {after}
        idle, usual: the map is bright over parts without effect; with as much effect as elsewhere.
            {cam} {parts}
        brightest, dull, empty: what the map alone says, where nothing was tested. {cam} {parts}
        next: who is next. {name} {match}
        speak: "speaks" of one part, "speak" of several.
        apart: what tells the first name from the next. {sides}
        side: what speaks for one of two names. {parts} {speak} {name}
        level: nothing tells two names apart. {name} {other}
        careful_evidence, careful_map: much lies on no named feature. {share} {cam}
    """

    parts: dict[str, Part]
    join: str
    strong: str
    weak: str
    nobody: str
    uncalibrated: str
    turned: str
    reason: str
    another: str
    together: str
    whole: str
    even: str
    none: str
    idle: str
    usual: str
    brightest: str
    dull: str
    empty: str
    next: str
    speak: tuple[str, str]
    apart: str
    side: str
    level: str
    careful_evidence: str
    careful_map: str
    hints: Hints
