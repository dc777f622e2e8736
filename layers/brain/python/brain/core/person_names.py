"""Names of people, as they are stored."""

from __future__ import annotations

import unicodedata

SEPARATORS = ("Cc", "Zl", "Zp")  # control characters, and what separates lines and paragraphs


def display_name(folder: str) -> str:
    """A folder's name as text: NFC, with spaces for underscores."""
    return unicodedata.normalize("NFC", folder.replace("_", " "))


def is_name(text: str) -> bool:
    """Whether a text can name a person: it has a visible character, no slash and no line break."""
    separates = any(unicodedata.category(char) in SEPARATORS for char in text)
    return "/" not in text and not separates and any(c.isprintable() and not c.isspace() for c in text)
