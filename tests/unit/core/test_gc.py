"""Objects created inside `gc_frozen` are excluded from garbage collection, and no others."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from brain.core.gc import gc_frozen


class Knot:
    """An object in a reference cycle, which only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_objects_created_inside_are_never_collected() -> None:
    with gc_frozen():
        kept = weakref.ref(Knot())
    gc.collect()
    assert kept() is not None


def test_objects_created_afterwards_are_collected() -> None:
    with gc_frozen():
        pass
    dropped = weakref.ref(Knot())
    gc.collect()
    assert dropped() is None


def test_the_collector_is_disabled_inside_and_enabled_afterwards() -> None:
    with gc_frozen():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_is_enabled_after_an_error() -> None:
    with pytest.raises(ValueError, match="damaged"), gc_frozen():
        raise ValueError("damaged")
    assert gc.isenabled()


def test_a_disabled_collector_stays_disabled() -> None:
    gc.disable()
    with gc_frozen():
        pass
    assert not gc.isenabled()


@pytest.mark.parametrize("function", ["api", "explain"])
def test_each_function_freezes_its_libraries(function: str) -> None:
    count = f"import functions.{function}.handler, gc; print(gc.isenabled(), gc.get_freeze_count())"
    done = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True)
    enabled, frozen = done.stdout.split()
    assert enabled == "True"
    assert int(frozen) > 10_000
