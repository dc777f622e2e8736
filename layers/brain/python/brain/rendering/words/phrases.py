"""What a language's table of phrases contains."""

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
    """What to do about error 6, depending on its cause."""

    none_significant: str
    feature_cascades: str


@dataclass(frozen=True)
class ComparisonPhrases:
    """One language's phrases for two photos. Placeholders stand in braces.

    Attributes:
        verdicts: whether it is one person, by the value of the verdict.
        chance: the first sentence. {verdict} {chance}
        mostly, mostly_against, then: begin the first sentence about a part on a side, and the next ones.
            {part} {speak}
        first, second: in which of the two photos.
        falls, rises: what the absence of a part in one photo does. {lead} {it} {photo} {before} {after}
        falls_both, rises_both: the same in both photos. {lead} {it} {first} {second} {before} {after} {other}
        together, together_against: only a set of parts does. {parts} {photo} {before} {after}
        whole, whole_against: only all parts together do. {photo} {before} {after}
        none, none_against: no part counts much by itself. {after}
        even: no part counts more than any other place of its size.
        bright, bright_against: where the map of both photos is brightest, if that is no reason. {parts}
    """

    verdicts: dict[str, str]
    chance: str
    mostly: str
    mostly_against: str
    then: str
    first: str
    second: str
    falls: str
    rises: str
    falls_both: str
    rises_both: str
    together: str
    together_against: str
    whole: str
    whole_against: str
    none: str
    none_against: str
    even: str
    bright: str
    bright_against: str


@dataclass(frozen=True)
class Phrases:
    """One language's table. Placeholders stand in braces.

    Attributes:
        parts: by the feature's name; pairs under "eyes", "brows", "cheeks".
        join: between the last two of several parts.
        strong, weak, nobody: who it is, depending on the verdict. {name} {match}
        uncalibrated: nothing was fitted that tells known people from others.
        turned: the face had to be turned upright. {degrees}
        reason, another: the first reason, and the next. {part} {it} {before} {after}
        together: the only reason is a set of features. {parts} {before} {after}
        whole: the only reason is all features together. {before} {after}
        even: no part counts more than any other place of its size.
        none: no part counts much by itself. {after}
        idle, usual: the map is bright over parts without an effect; over parts with no more effect than
            elsewhere. {cam} {parts}
        brightest, dull, empty: what the map alone says, where nothing was tested. {cam} {parts}
        next: who is next. {name} {match}
        speak: "speaks" of one part, "speak" of several.
        apart: what tells the first name from the next. {sides}
        side: what speaks for one of two names. {parts} {speak} {name}
        level: nothing tells two names apart. {name} {other}
        careful_evidence, careful_map: much lies on no named feature. {share} {cam}
        comparison: what is said about two photos.
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
    comparison: ComparisonPhrases
    hints: Hints
