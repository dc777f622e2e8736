from __future__ import annotations

import json
from pathlib import Path

import pytest

from brain.evaluation.errors import EvaluationError
from brain.evaluation.groups import read_groups

NAMES = ("Ada Lovelace", "Alan_Turing")


def test_groups_are_read_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "groups.json"
    file.write_text(json.dumps({"never trained on": ["Alan Turing"], "all": ["Ada Lovelace", "Alan Turing"]}))
    first, second = read_groups(file, NAMES)
    assert (first.title, first.labels, first.closed) == ("never trained on", frozenset({1}), False)
    assert second.labels == frozenset({0, 1})


def test_a_model_need_not_have_groups(tmp_path: Path) -> None:
    assert read_groups(tmp_path / "groups.json", NAMES) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"g": "Ada Lovelace"}', "not a list of names"),
        ('{"g": ["Ada"]}', "'Ada', who is not in names.txt"),
        ('{"g": [7]}', "7, who is not in names.txt"),
    ],
)
def test_what_is_no_group_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "groups.json"
    file.write_text(text)
    with pytest.raises(EvaluationError, match=complaint) as raised:
        read_groups(file, NAMES)
    assert "groups.json must map titles" in raised.value.hint
