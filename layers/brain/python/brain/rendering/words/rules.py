"""Which sentences are written about a result, and when.

| sentence           | when                                                                              |
|--------------------|-----------------------------------------------------------------------------------|
| strong, weak, nobody | always one of them, by the identity's verdict                                   |
| uncalibrated       | nothing was fitted that tells known people from others                            |
| turned             | the face stands turned by quarter turns in the photo                              |
| reason, another    | tested, and there are reasons: the first, then up to two more                     |
| together, whole    | tested, and only a set of features is one, or all of them                         |
| even, none         | tested, and there is none: no part beats its controls; no part costs 5 % of match |
| idle, usual        | tested, and the map is bright over something that is no reason                    |
| brightest, dull    | not tested: what the map says, and that it was not tested                         |
| empty              | the class activation map is zero everywhere                                       |
| next, and contrast | the second candidate has 5 % or more                                              |
| careful            | over 60 % of the evidence (else of the activation map) lies on no named feature   |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from brain.core.explanations import Feature, Justification, PairContrast, Reason, Translation
from brain.core.parts import pairs_among, plural
from brain.core.results import Result, Verdict
from brain.core.schema import LANGUAGES, CamMethod, Check, Language
from brain.rendering.words import english, german
from brain.rendering.words.numbers import percent
from brain.rendering.words.phrases import Hints, Part, Phrases

CAM_NAMES: dict[CamMethod, str] = {"gradcam": "Grad-CAM", "layercam": "LayerCAM", "hirescam": "HiResCAM"}
TABLES: dict[Language, Phrases] = {"en": english.PHRASES, "de": german.PHRASES}

OUTSIDE = 0.6
RUNNER_UP = 0.05
COUNTS = 0.05
MENTIONED = 3


class Sentence(NamedTuple):
    """A sentence, and the features that it mentions."""

    text: str
    features: Sequence[str] = ()


def explanation(result: Result) -> Justification:
    """The explanation with its sentences, written anew in its own language and in all others."""
    known = result.explanation or Justification(sentences=[])
    translations = {
        language: Translation(
            sentences=sentences(result, language),
            contrasts=[contrast_sentence(pair, result, language) for pair in known.contrasts],
        )
        for language in LANGUAGES
    }
    contrast = known.contrast
    if contrast:
        contrast = contrast.model_copy(
            update={"sentence": contrast_sentence(contrast, result, known.language)}
        )
    own = translations[known.language]
    pairs = zip(known.contrasts, own.contrasts, strict=True)
    return known.model_copy(
        update={
            "sentences": own.sentences,
            "mentions": [list(sentence.features) for sentence in _said(result, known, known.language)],
            "contrast": contrast,
            "contrasts": [pair.model_copy(update={"sentence": text}) for pair, text in pairs],
            "translations": translations,
        }
    )


def hints(language: Language) -> Hints:
    """The hints for error 6 in a language."""
    return TABLES[language].hints


def sentences(result: Result, language: Language = "en") -> list[str]:
    """The justification of a result in sentences.

    Args:
        result: with at least one candidate; features may be empty.

    Raises:
        ValueError: the result names nobody.
    """
    if not result.candidates or not result.identity:
        raise ValueError("a result without candidates has nothing to say")
    known = result.explanation or Justification(sentences=[])
    return [sentence.text for sentence in _said(result, known, language)]


def _said(result: Result, known: Justification, language: Language) -> Iterator[Sentence]:
    table, first = TABLES[language], result.candidates[0]
    assert result.identity is not None
    by_verdict = {Verdict.STRONG: table.strong, Verdict.WEAK: table.weak, Verdict.NOBODY: table.nobody}
    match = percent(first.probability, language)
    yield Sentence(by_verdict[result.identity.verdict].format(name=first.name, match=match))
    if not result.identity.calibrated:
        yield Sentence(table.uncalibrated)
    if result.face and result.face.rotation:
        yield Sentence(table.turned.format(degrees=result.face.rotation))
    if first.map.is_empty:
        yield Sentence(table.empty.format(cam=CAM_NAMES[known.cam]))
    if known.check is Check.OFF:
        yield from _untested(result, known, table)
    else:
        yield from _reasons(result, known.reasons, language)
        yield from _idle(result.features, known, table)
    if len(result.candidates) > 1 and result.candidates[1].probability >= RUNNER_UP:
        second = result.candidates[1]
        yield Sentence(table.next.format(name=second.name, match=percent(second.probability, language)))
        if known.contrast and (features := known.contrast.features_for + known.contrast.features_against):
            sides = "; ".join(_sides(known.contrast, result, table))
            yield Sentence(table.apart.format(sides=sides), features)
    yield from _careful(known, language)


def _untested(result: Result, known: Justification, table: Phrases) -> Iterator[Sentence]:
    bright = [feature.name for feature in result.features if feature.significant]
    if bright:
        text = table.brightest.format(cam=CAM_NAMES[known.cam], parts=enumerate_parts(bright, table))
        yield Sentence(text, bright)
    elif not result.candidates[0].map.is_empty:
        yield Sentence(table.dull.format(cam=CAM_NAMES[known.cam]))


def _reasons(result: Result, reasons: Sequence[Reason], language: Language) -> Iterator[Sentence]:
    table = TABLES[language]
    for index, reason in enumerate(reasons[:MENTIONED]):
        numbers = {
            "before": percent(reason.before, language),
            "after": percent(reason.after, language),
        }
        parts = parts_of(reason.features, table)
        if set(reason.features) == {feature.name for feature in result.features if feature.effect}:
            yield Sentence(table.whole.format(**numbers), reason.features)
        elif len(parts) > 1:
            text = table.together.format(parts=listed(parts, table), **numbers)
            yield Sentence(text, reason.features)
        else:
            phrase = table.another if index else table.reason
            text = phrase.format(part=parts[0].text, it=parts[0].without, **numbers)
            yield Sentence(text, reason.features)
    effects = [feature.effect.probability for feature in result.features if feature.effect]
    if effects and not reasons:
        after = result.candidates[0].probability - max(effects)
        counts = max(effects) >= COUNTS
        stays = percent(max(after, 0.0), language)
        yield Sentence(table.even if counts else table.none.format(after=stays))


def _idle(features: Sequence[Feature], known: Justification, table: Phrases) -> Iterator[Sentence]:
    named = {name for reason in known.reasons for name in reason.features}
    bright = [f for f in features if f.significant and f.effect and f.name not in named]
    for phrase, counts in ((table.idle, False), (table.usual, True)):
        names = [f.name for f in bright if f.effect and (f.effect.probability >= COUNTS) is counts]
        if names:
            text = phrase.format(cam=CAM_NAMES[known.cam], parts=enumerate_parts(names, table))
            yield Sentence(text, names)


def _careful(known: Justification, language: Language) -> Iterator[Sentence]:
    table = TABLES[language]
    measured = known.evidence_outside is not None
    share = known.evidence_outside if known.evidence_outside is not None else known.outside
    if share > OUTSIDE:
        phrase = table.careful_evidence if measured else table.careful_map
        yield Sentence(phrase.format(share=percent(share, language), cam=CAM_NAMES[known.cam]))


def contrast_sentence(contrast: PairContrast, result: Result, language: Language) -> str:
    """Which features speak for the one name and which for the other."""
    table = TABLES[language]
    first, second = _names(contrast, result)
    text = "; ".join(_sides(contrast, result, table)) or table.level.format(name=first, other=second)
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


def _sides(contrast: PairContrast, result: Result, table: Phrases) -> list[str]:
    first, second = _names(contrast, result)
    both = ((contrast.features_for, first), (contrast.features_against, second))
    return [_side(features, name, table) for features, name in both if features]


def _names(contrast: PairContrast, result: Result) -> tuple[str, str]:
    names = {candidate.label: candidate.name for candidate in result.candidates}
    return names[contrast.label_for], names[contrast.label_against]


def _side(features: Sequence[str], name: str, table: Phrases) -> str:
    parts = parts_of(features, table)
    speak = table.speak[len(parts) > 1 or parts[0].plural]
    return table.side.format(parts=enumerate_parts(features, table), speak=speak, name=name)


def parts_of(names: Sequence[str], table: Phrases) -> list[Part]:
    """The parts by name; a left and a right one become their pair, at the place of the better of the two."""
    pairs = {name: plural(both) for both in pairs_among(names) for name in both}
    keys = dict.fromkeys(pairs.get(name, name) for name in names)
    return [table.parts[key] for key in keys]


def enumerate_parts(names: Sequence[str], table: Phrases) -> str:
    """Up to three parts, listed as in a sentence."""
    return listed(parts_of(names, table)[:MENTIONED], table)


def listed(parts: Sequence[Part], table: Phrases) -> str:
    """Parts, listed as in a sentence."""
    *most, last = [part.text for part in parts]
    return f"{', '.join(most)} {table.join} {last}" if most else last
