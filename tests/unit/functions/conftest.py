"""The API over a fake repository."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from brain.core.settings import Settings
from functions.api.app import create_app
from tests.fakes import FakeApiRepository
from tests.lambda_calls import Client


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """A clock that stands still: an entity tag changes when its share of the URLs' lifetime is over."""
    with time_machine.travel(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def repository() -> FakeApiRepository:
    return FakeApiRepository()


@pytest.fixture
def client(repository: FakeApiRepository, tmp_path: Path) -> Client:
    names = tmp_path / "tiny" / "names.txt"
    names.parent.mkdir()
    names.write_text("Bill Clinton\nJosé Aznar\nHillary Clinton\n", encoding="utf-8")
    return Client(create_app(Settings(models_dir=tmp_path, model="tiny", max_bytes=2000), repository))
