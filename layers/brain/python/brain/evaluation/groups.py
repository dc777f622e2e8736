"""Groups of identities that a model defines in `groups.json` beside its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from brain.core.person_names import display_name
from brain.evaluation.accuracy import Group
from brain.evaluation.errors import EvaluationError
from brain.evaluation.photos import labels_by_name

HINT = 'groups.json must map titles to lists of names, such as {"never trained on": ["Ada Lovelace"]}.'


def read_groups(file: Path, names: Sequence[str]) -> list[Group]:
    """The groups in the file, in its order; none if there is no file.

    Raises:
        EvaluationError: the file is malformed, or contains a name that the model does not know.
    """
    if not file.exists():
        return []
    try:
        titles = json.loads(file.read_text(encoding="utf-8")).items()
    except (ValueError, AttributeError) as error:
        raise EvaluationError(f"{file} cannot be read as groups of identities.", HINT) from error
    labels = labels_by_name(names)
    return [_group(title, members, labels) for title, members in titles]


def _group(title: str, members: object, labels: Mapping[str, int]) -> Group:
    if not isinstance(members, list):
        raise EvaluationError(f"The group {title!r} of groups.json is not a list of names.", HINT)
    unknown = [name for name in members if not isinstance(name, str) or display_name(name) not in labels]
    if unknown:
        raise EvaluationError(f"The group {title!r} has {unknown[0]!r}, who is not in names.txt.", HINT)
    return Group(title, frozenset(labels[display_name(name)] for name in members))
