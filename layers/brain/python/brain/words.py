"""A result in sentences. Everything said can be said again from result.json alone.

how alike        strong / weak / nobody it knows, by the probability of the first candidate
where it looked  the significant features, pairs joined ("both eyes")
who is next      the runner-up, when it is not far behind
careful          when most of the map lies on no named feature
"""

from __future__ import annotations

from collections.abc import Sequence

from brain.results import Candidate, Feature, Result

STRONG = 0.6
WEAK = 0.2
OUTSIDE = 0.5
RUNNER_UP = 0.05
MENTIONED = 3

EMPTY = "Its map is empty: no single region of this photo speaks for the name by itself."
PAIRS = {"eye": "both eyes", "brow": "both brows", "cheek": "both cheeks"}
SIDES = ("left ", "right ")


def sentences(result: Result) -> list[str]:
    """The justification of a result that is done.

    Args:
        result: with at least one candidate; features may be empty.

    Raises:
        ValueError: the result names nobody.
    """
    if not result.candidates:
        raise ValueError("a result without candidates has nothing to say")
    first = result.candidates[0]
    said = [_likeness(first), EMPTY if first.map.is_empty else _reasons(result.features)]
    if len(result.candidates) > 1 and result.candidates[1].probability >= RUNNER_UP:
        said.append(_runner_up(result.candidates[1]))
    if result.explanation and result.explanation.outside > OUTSIDE:
        said.append(_careful(result.explanation.outside))
    return said


def _likeness(first: Candidate) -> str:
    match = percent(first.probability)
    if first.probability >= STRONG:
        return f"Of the people it knows, the network finds this face most like {first.name} ({match})."
    if first.probability >= WEAK:
        return f"The network leans towards {first.name} ({match}), but it is not sure."
    return f"This looks like nobody the network knows; the nearest is {first.name} ({match})."


def _reasons(features: Sequence[Feature]) -> str:
    parts = join_pairs([feature.name for feature in features if feature.significant])[:MENTIONED]
    if not parts:
        return "No single feature stood out in the map; try a sharper photo that faces the camera."
    if len(parts) == 1:
        return f"Its map is brightest over {parts[0]}."
    return f"Its map is brightest over {parts[0]}, then {enumerate_words(parts[1:])}."


def _runner_up(second: Candidate) -> str:
    return f"Next comes {second.name} ({percent(second.probability)})."


def _careful(outside: float) -> str:
    return (
        f"Careful: {percent(outside)} of the map lies on no named feature, but on hair, edges or background."
    )


def join_pairs(names: Sequence[str]) -> list[str]:
    """Replace a left and a right part by their pair, at the place of the better of the two.

    >>> join_pairs(["left eye", "nose", "right eye"])
    ['both eyes', 'the nose']
    """
    joined: list[str] = []
    for name in names:
        part = name.removeprefix(SIDES[0]).removeprefix(SIDES[1])
        both = part in PAIRS and all(side + part in names for side in SIDES)
        phrase = PAIRS[part] if both else f"the {name}"
        if phrase not in joined:
            joined.append(phrase)
    return joined


def enumerate_words(words: Sequence[str]) -> str:
    """
    >>> enumerate_words(["the nose", "the mouth", "the chin"])
    'the nose, the mouth and the chin'
    """
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def percent(fraction: float) -> str:
    """A share for reading: never 0 % or 100 %, which no softmax means.

    >>> percent(0.734), percent(0.0001), percent(0.9999)
    ('73 %', 'under 1 %', 'over 99 %')
    """
    if fraction < 0.01:
        return "under 1 %"
    if fraction > 0.99:
        return "over 99 %"
    return f"{fraction:.0%}".replace("%", " %")
