"""What the processor can do."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest
import torch

from brain.recognition.hardware import WORTHWHILE_PARAMETERS, choose_dtype, has_bfloat16, use_threads

LARGE = WORTHWHILE_PARAMETERS
SMALL = WORTHWHILE_PARAMETERS - 1


@pytest.fixture
def cpuinfo(tmp_path: Path) -> Path:
    """A processor with AMX, as Linux describes it."""
    path = tmp_path / "cpuinfo"
    path.write_text("processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 amx_bf16 vnni\nbugs\t\t: none\n")
    return path


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fpu avx2 avx512f avx512_bf16", True),
        ("fpu avx512f amx_bf16 amx_tile amx_int8", True),
        ("fpu avx512f avx512_vnni", False),
        ("fpu avx512_bf16_like", False),
    ],
)
def test_bfloat16_is_known_by_the_processors_flags(tmp_path: Path, flags: str, expected: bool) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(f"processor\t: 0\nmodel name\t: avx512_bf16 by name only\nflags\t\t: {flags}\n")
    assert has_bfloat16(path) is expected


def test_what_nothing_is_known_about_has_no_bfloat16(tmp_path: Path) -> None:
    assert not has_bfloat16(tmp_path / "absent")
    (tmp_path / "arm").write_text("processor\t: 0\nFeatures\t: fp asimd\n")
    assert not has_bfloat16(tmp_path / "arm")


def test_auto_is_bfloat16_for_large_networks_on_such_a_processor_only(cpuinfo: Path) -> None:
    assert choose_dtype("auto", LARGE, cpuinfo) is torch.bfloat16
    assert choose_dtype("auto", SMALL, cpuinfo) is torch.float32
    assert choose_dtype("auto", LARGE, cpuinfo.with_name("absent")) is torch.float32


def test_auto_is_float32_where_bfloat16_is_slower(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text("processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16\n")
    assert choose_dtype("auto", LARGE, path) is torch.float32


def test_a_wish_is_obeyed_whatever_the_processor(cpuinfo: Path) -> None:
    assert choose_dtype("float32", LARGE, cpuinfo) is torch.float32
    assert choose_dtype("bfloat16", SMALL, cpuinfo.with_name("absent")) is torch.bfloat16


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize(("memory", "expected"), [(1024, 1), (1769, 1), (3008, 1), (3538, 2), (10240, 5)])
def test_memory_buys_threads(memory: int, expected: int) -> None:
    use_threads(memory)
    assert torch.get_num_threads() == expected
    assert cv2.getNumThreads() == expected


@pytest.mark.usefixtures("threads")
def test_outside_lambda_the_threads_stay_as_they_are() -> None:
    before = torch.get_num_threads(), cv2.getNumThreads()
    use_threads(None)
    assert (torch.get_num_threads(), cv2.getNumThreads()) == before
