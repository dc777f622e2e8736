"""`make audit`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from infra.audit import FILES, Unanswered, Vulnerability, audit
from infra.local.environment import REPOSITORY

FILE = Path("functions/api/requirements.txt")
CLEAN = {"name": "idna", "version": "3.11", "vulns": []}
BAD = {"name": "idna", "version": "3.6", "vulns": [{"id": "PYSEC-2024-60", "fix_versions": ["3.7"]}]}
SKIPPED = {
    "name": "idna",
    "skip_reason": "Dependency not found on PyPI and could not be audited: idna (3.11)",
}


class PipAudit:
    """Answers of pip-audit by service, and the options that it was given."""

    def __init__(self, answers: Mapping[str, tuple[str, str]]) -> None:
        self._answers = answers
        self.services: list[str] = []

    def __call__(self, options: Sequence[str]) -> tuple[str, str]:
        service = options[options.index("--vulnerability-service") + 1]
        self.services.append(service)
        return self._answers[service]


def _report(*packages: Mapping[str, object]) -> tuple[str, str]:
    return json.dumps({"dependencies": packages, "fixes": []}), ""


def test_vulnerabilities_are_listed_with_the_version_that_fixes_them() -> None:
    found = audit(FILE, PipAudit({"pypi": _report(CLEAN, BAD)}))

    assert found == [Vulnerability("idna", "3.6", "PYSEC-2024-60", ["3.7"])]
    assert str(found[0]) == "idna 3.6: PYSEC-2024-60, fixed in 3.7"


@pytest.mark.parametrize(
    "failure", [_report(CLEAN, SKIPPED), _report(), ("", "Traceback ...\nConnectionError: no route\n")]
)
def test_another_service_is_asked_if_the_first_one_does_not_answer(failure: tuple[str, str]) -> None:
    run = PipAudit({"pypi": failure, "osv": _report(CLEAN)})

    assert audit(FILE, run) == []
    assert run.services == ["pypi", "osv"]


def test_packages_that_nobody_could_look_up_are_an_error_with_a_hint() -> None:
    answers = {"pypi": _report(SKIPPED), "osv": ("", "Traceback ...\nConnectionError: no route to host\n\n")}

    with pytest.raises(Unanswered) as raised:
        audit(FILE, PipAudit(answers))

    message = str(raised.value)
    assert message.startswith(f"{FILE} was not audited")
    assert "pypi: Dependency not found on PyPI" in message
    assert "osv: ConnectionError: no route to host" in message
    assert "PyPI or OSV can be reached" in message


def test_all_locked_files_are_audited() -> None:
    locked = {path.relative_to(REPOSITORY) for path in (REPOSITORY / "functions").rglob("*.txt")}

    assert set(FILES) == locked
