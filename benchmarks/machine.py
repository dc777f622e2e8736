"""The machine and the versions that a run was measured with."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

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
    """Date, processor, memory, operating system and package versions, as far as they are known."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": processor_name(),
        "processors": f"{len(os.sched_getaffinity(0))}, torch uses {torch.get_num_threads()} threads",
        "load before the run": f"{os.getloadavg()[0]:.1f} (1 minute)",
        "bfloat16 in hardware": bfloat16_instructions(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "BRAIN": __version__,
        **{name: installed_version(name) for name in PACKAGES},
    }


def processor_name() -> str:
    """The processor's model name as given by Linux."""
    return cpuinfo_value("model name") or "unknown"


def bfloat16_instructions() -> str:
    """The bfloat16 instruction sets of the processor, or "no"."""
    if not has_bfloat16():
        return "no"
    flags = cpuinfo_value("flags").split()
    return ", ".join(name for name in ("amx_bf16", "avx512_bf16") if name in flags)


def cpuinfo_value(key: str) -> str:
    """The first value of a key in /proc/cpuinfo; empty if there is none."""
    if not CPUINFO.exists():
        return ""
    lines = CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def installed_version(package: str) -> str:
    """The version of an installed package, or "absent"."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
