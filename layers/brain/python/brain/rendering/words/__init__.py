"""A result in sentences. Everything said can be said again from result.json alone.

`rules` decides what is said and in which order; `english` and `german` say it, each a table of phrases.
"""

from brain.rendering.words.numbers import percent
from brain.rendering.words.rules import explanation, hints, sentences

__all__ = ["explanation", "hints", "percent", "sentences"]
