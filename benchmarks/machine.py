"""On what, and with which versions."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from brain import __version__
from brain.recognition.hardware import CPUINFO, has_bfloat16

PACKAGES = (
    "torch",
    "opencv-python-headless",
    "pillow",
    "numpy",
    "safetensors",
    "grad-cam",
    "captum",
    "deepface",
    "torchvision",
    "moto",
    "fastapi",
    "boto3",
    "aws_lambda_powertools",
)


def describe() -> dict[str, str]:
    """Processor, memory, system and versions, as far as they are known."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": processor(),
        "processors": f"{len(os.sched_getaffinity(0))}, torch uses {torch.get_num_threads()} threads",
        "load before the run": f"{os.getloadavg()[0]:.1f} (1 minute)",
        "bfloat16 in hardware": instructions(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "BRAIN": __version__,
        **{name: installed(name) for name in PACKAGES},
    }


def processor() -> str:
    """The model's name as Linux gives it."""
    return next(
        (line.partition(":")[2].strip() for line in lines() if line.startswith("model name")), "unknown"
    )


def instructions() -> str:
    """Which of the two kinds of instructions there are."""
    if not has_bfloat16():
        return "no"
    flags = next(line for line in lines() if line.startswith("flags")).split()
    return ", ".join(name for name in ("amx_bf16", "avx512_bf16") if name in flags)


def lines() -> list[str]:
    return (
        Path(CPUINFO).read_text(encoding="ascii", errors="replace").splitlines() if CPUINFO.exists() else []
    )


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
