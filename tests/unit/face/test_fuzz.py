"""A short run of `make fuzz`: files with broken structure are photos, or code 1 or 3, and nothing else."""

from __future__ import annotations

import pytest

from brain.face.detector import FaceDetector
from reliability.fuzz.campaign import Tally, TooSlow, examine, fuzz, with_bounded_memory


def test_nothing_escapes(detector: FaceDetector) -> None:
    tally = with_bounded_memory(lambda: fuzz(300, 7, detector))

    assert sum(tally.outcomes.values()) >= 300
    assert tally.outcomes["decoded"] > 40, "most of the files' structure is sound"
    assert tally.outcomes["damaged"] > 40
    assert tally.detected > 0


def test_memory_is_bounded() -> None:
    def allocate() -> Tally:
        bytearray(1 << 31)
        return Tally()

    with pytest.raises(MemoryError):
        with_bounded_memory(allocate, 1 << 28)


def test_a_slow_file_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((0.0, 3.0))
    monkeypatch.setattr("time.process_time", lambda: next(moments))

    with pytest.raises(TooSlow):
        examine(b"", None, Tally())
