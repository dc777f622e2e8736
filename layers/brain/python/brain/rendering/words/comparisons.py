"""Which sentences are written about two photos, and when.

| sentence           | when                                                                                |
|--------------------|-------------------------------------------------------------------------------------|
| chance             | always, with the verdict                                                             |
| falls, falls_both  | a part is a reason for one person, in one photo or in both                          |
| together, whole    | only a set of parts is one, or all of them                                          |
| rises ... _against | the same for reasons against                                                        |
| none, even         | there is no reason on the verdict's side: no part costs 5 %; none beats its controls |
| bright             | there is none, and the maps of both photos are bright over the same parts           |

The verdict's side comes first, then at most one reason of the other side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from brain.core.comparisons import ComparedPhoto, Comparison
from brain.core.explanations import Reason
from brain.core.schema import LANGUAGES, Language
from brain.rendering.words.numbers import percent
from brain.rendering.words.rules import COUNTS, MENTIONED, TABLES, Sentence, enumerate_parts, listed, parts_of

OTHER_SIDE = 1

# A reason, and the photos in which it was found: 0 for this one, 1 for the other one.
Found = dict[int, Reason]


def worded(comparison: Comparison) -> Comparison:
    """The comparison with its sentences, written anew in its own language and in all others."""
    said = {language: list(_said(comparison, language)) for language in LANGUAGES}
    translations = {language: [sentence.text for sentence in own] for language, own in said.items()}
    return comparison.model_copy(
        update={
            "sentences": translations[comparison.language],
            "mentions": [list(sentence.features) for sentence in said[comparison.language]],
            "translations": translations,
        }
    )


def _said(comparison: Comparison, language: Language) -> Iterator[Sentence]:
    phrases = TABLES[language].comparison
    chance = percent(comparison.probability, language)
    verdict = phrases.verdicts[comparison.verdict]
    yield Sentence(phrases.chance.format(verdict=verdict, chance=chance))
    against = comparison.verdict.is_against
    own, other = found_reasons(comparison, against), found_reasons(comparison, not against)
    yield from _reasons(comparison, own[:MENTIONED], against, language)
    if not own:
        yield from _no_reason(comparison, language)
    yield from _reasons(comparison, other[:OTHER_SIDE], not against, language)


def found_reasons(comparison: Comparison, against: bool) -> list[Found]:
    """The reasons of one side, the largest effect first, each with the photos in which it was found."""
    found: dict[frozenset[str], Found] = {}
    for number, photo in enumerate(comparison.photos):
        for reason in photo.reasons_against if against else photo.reasons:
            found.setdefault(frozenset(reason.features), {})[number] = reason
    return sorted(
        found.values(), key=lambda each: -max(abs(reason.effect.probability) for reason in each.values())
    )


def _reasons(
    comparison: Comparison, reasons: Sequence[Found], against: bool, language: Language
) -> Iterator[Sentence]:
    for index, found in enumerate(reasons):
        features = next(iter(found.values())).features
        if len(parts_of(features, TABLES[language])) == 1:
            yield _part(found, against, first=not index, language=language)
        else:
            for number, reason in found.items():
                yield _set(comparison.photos[number], number, reason, against, language)


def _part(found: Found, against: bool, *, first: bool, language: Language) -> Sentence:
    table, phrases = TABLES[language], TABLES[language].comparison
    (number, reason), *others = found.items()
    (part,) = parts_of(reason.features, table)
    begin = (phrases.mostly_against if against else phrases.mostly) if first else phrases.then
    values = {
        "lead": begin.format(part=part.text, speak=table.speak[part.plural]),
        "it": part.without,
        "before": percent(reason.before, language),
        "after": percent(reason.after, language),
    }
    if others:
        phrase = phrases.rises_both if against else phrases.falls_both
        values |= {"first": phrases.first, "second": phrases.second}
        values["other"] = percent(others[0][1].after, language)
    else:
        phrase = phrases.rises if against else phrases.falls
        values["photo"] = (phrases.first, phrases.second)[number]
    return Sentence(phrase.format(**values), reason.features)


def _set(photo: ComparedPhoto, number: int, reason: Reason, against: bool, language: Language) -> Sentence:
    table, phrases = TABLES[language], TABLES[language].comparison
    if set(reason.features) == {feature.name for feature in photo.features if feature.effect}:
        phrase = phrases.whole_against if against else phrases.whole
    else:
        phrase = phrases.together_against if against else phrases.together
    text = phrase.format(
        photo=(phrases.first, phrases.second)[number],
        parts=listed(parts_of(reason.features, table), table),
        before=percent(reason.before, language),
        after=percent(reason.after, language),
    )
    return Sentence(text, reason.features)


def _no_reason(comparison: Comparison, language: Language) -> Iterator[Sentence]:
    phrases, sign = TABLES[language].comparison, -1 if comparison.verdict.is_against else 1
    features = [feature for photo in comparison.photos for feature in photo.features]
    effects = [sign * feature.effect.probability for feature in features if feature.effect]
    if not effects:
        return
    after = percent(min(max(comparison.probability - sign * max(*effects, 0), 0), 1), language)
    stays = phrases.none_against if comparison.verdict.is_against else phrases.none
    yield Sentence(phrases.even if max(effects) >= COUNTS else stays.format(after=after))
    if bright := bright_in_both(comparison):
        phrase = phrases.bright_against if comparison.verdict.is_against else phrases.bright
        yield Sentence(phrase.format(parts=enumerate_parts(bright, TABLES[language])), bright)


def bright_in_both(comparison: Comparison) -> list[str]:
    """The features where the maps of both photos are bright, the brightest first."""
    first, second = (
        {feature.name: feature.score for feature in photo.features if feature.significant}
        for photo in comparison.photos
    )
    return sorted(first.keys() & second.keys(), key=lambda name: (-first[name] - second[name], name))
