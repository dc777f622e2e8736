"""What is loaded for good is out of the collector's way, and nothing else is."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from brain.core.gc import gc_frozen


class Knot:
    """An object that only the collector can free: it holds on to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_what_is_made_within_is_never_looked_at() -> None:
    with gc_frozen():
        kept = weakref.ref(Knot())
    gc.collect()
    assert kept() is not None


def test_what_is_made_afterwards_is_collected_as_ever() -> None:
    with gc_frozen():
        pass
    dropped = weakref.ref(Knot())
    gc.collect()
    assert dropped() is None


def test_the_collector_rests_within_and_works_again_after() -> None:
    with gc_frozen():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_works_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="damaged"), gc_frozen():
        raise ValueError("damaged")
    assert gc.isenabled()


def test_one_that_was_off_stays_off() -> None:
    gc.disable()
    with gc_frozen():
        pass
    assert not gc.isenabled()


@pytest.mark.parametrize("function", ["api", "explain"])
def test_each_function_loads_its_libraries_for_good(function: str) -> None:
    count = f"import functions.{function}.handler, gc; print(gc.isenabled(), gc.get_freeze_count())"
    done = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True)
    enabled, frozen = done.stdout.split()
    assert enabled == "True"
    assert int(frozen) > 10_000
